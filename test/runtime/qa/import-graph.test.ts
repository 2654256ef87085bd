import { describe, expect, it } from 'vitest';

import { ImportGraph } from '../../../src/runtime/qa/import-graph.ts';
import { productOf } from './product.ts';

const product = productOf({
  'jest.config.js':
    "export default { setupFilesAfterEnv: ['<rootDir>/dist/test/base/seed.js'], transform: { x: './test/base/maps.js' } };",
  'package.json': '{"exports":"./dist/src/index.js"}',
  'src/a.ts': "import type { B } from './b.js';\nexport * from './deep/index.js';",
  'src/b.ts': "const c = await import('./c.js');\nexport interface B {}",
  'src/c.ts': "import data from '../schemas/c.json' with { type: 'json' };\nimport './a.js';",
  'src/deep/index.ts': "import fc from 'fast-check';",
  'src/other.ts': 'export {};',
  'src/index.ts': "export * from './a.js';\nexport * from './other.js';",
  'src/globals.d.ts': 'declare const x: number;',
  'schemas/c.json': '{}',
  'test/base/seed.ts': "import './settings.js';",
  'test/base/settings.ts': '',
  'test/base/maps.js': '',
  'test/a.test.ts': "import { a } from '../src/a.js';",
  'test/other.test.ts': "import { o } from '../src/other.js';",
});
const graph = () => new ImportGraph(product.read);
/** What every test loads without naming it. */
const SUPPORT = [
  'jest.config.js',
  'src/globals.d.ts',
  'tsconfig.json',
  'test/base/maps.js',
  'test/base/seed.ts',
  'test/base/settings.ts',
];

describe('ImportGraph', () => {
  it('follows imports, exports, types, import() and cycles, and what the configuration mentions', () => {
    const closure = graph().closure(product.tree, ['test/a.test.ts']);
    const own = ['schemas/c.json', 'src/a.ts', 'src/b.ts', 'src/c.ts', 'src/deep/index.ts', 'test/a.test.ts'];
    expect([...closure].sort()).toEqual([...own, ...SUPPORT].sort());
  });

  it('is not led to everything by the entry points of the package', () => {
    expect([...graph().closure(product.tree, ['test/other.test.ts'])].sort()).toEqual(
      ['src/other.ts', 'test/other.test.ts', ...SUPPORT].sort(),
    );
  });

  it('narrows a tree to what can be loaded, keeping what no import shows', () => {
    const narrow = graph().narrow(product.tree, ['test/other.test.ts']);
    const kept = ['package.json', 'schemas/c.json', 'src/other.ts', 'test/other.test.ts'];
    expect(narrow.map(({ path }) => path)).toEqual([...kept, ...SUPPORT].sort());
  });

  it('reads a content once', () => {
    let reads = 0;
    const counting = new ImportGraph((digest) => {
      reads++;
      return product.read(digest);
    });
    counting.closure(product.tree, ['test/a.test.ts']);
    const first = reads;
    counting.closure(product.tree, ['test/a.test.ts', 'src/a.ts']);
    expect(reads).toBe(first);
  });
});
