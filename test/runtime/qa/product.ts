import { type Digest, sha256 } from '../../../src/base/digest.ts';
import { compareText } from '../../../src/base/text.ts';
import type { Check } from '../../../src/runtime/qa/report.ts';
import type { Artifact, Tree } from '../../../src/runtime/vault/artifact.ts';

/** A product written down in a test, with the store it would be read from. */
export interface Product {
  tree: Tree;
  read: (digest: Digest) => Uint8Array;
  /** A check of the named files. */
  check(task: string, ...paths: string[]): Check;
}

export const PACKAGE_JSON = {
  name: 'small-product',
  version: '1.0.0',
  type: 'module',
  scripts: {
    build: 'tsc -p tsconfig.json',
    test: 'npm run build && node --experimental-vm-modules node_modules/jest/bin/jest.js',
  },
  devDependencies: { '@jest/globals': '^30', '@types/node': '^24', jest: '^30', typescript: '~7.0' },
};

/** What any product needs around its sources: compiled to `dist`, tests run there. */
const SCAFFOLD = {
  'package.json': JSON.stringify(PACKAGE_JSON),
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      target: 'es2023',
      module: 'nodenext',
      strict: true,
      rootDir: '.',
      outDir: 'dist',
      sourceMap: true,
      types: ['node'],
    },
    include: ['src', 'test'],
  }),
  'jest.config.js': "export default { testMatch: ['<rootDir>/dist/test/**/*.test.js'], transform: {} };\n",
};

export function productOf(files: Record<string, string>): Product {
  return bareProductOf({ ...SCAFFOLD, ...files });
}

/** A product of these files and no others. */
export function bareProductOf(files: Record<string, string>): Product {
  const contents = new Map<Digest, Uint8Array>();
  const tree = Object.entries(files)
    .map(([path, text]): Artifact => {
      const content = Buffer.from(text);
      const digest = sha256(content);
      contents.set(digest, content);
      return { path, digest, size: content.length, type: typeOf(path) };
    })
    .sort((a, b) => compareText(a.path, b.path));
  return {
    tree,
    read(digest) {
      const content = contents.get(digest);
      if (content === undefined) throw new Error(`not in the store: ${digest}`);
      return content;
    },
    check: (task, ...paths) => ({ task, scope: 'unit', artifacts: tree.filter(({ path }) => paths.includes(path)) }),
  };
}

function typeOf(path: string): Artifact['type'] {
  if (path.endsWith('.md')) return 'analysis';
  return /(?:^|\/)tests?\/|[._]test\.|(?:^|\/)test_/.test(path) ? 'test' : 'code';
}

/** A test file with the given body. */
export function testFile(body: string, imports = ''): string {
  return `import { expect, it } from '@jest/globals';\n${imports}\n${body}\n`;
}
