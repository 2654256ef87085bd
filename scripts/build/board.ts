import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { build, type Metafile } from 'esbuild';

import { markSymbols } from '../../src/runtime/report/html/state-mark.ts';

/** Browsers that have what the board needs of the platform: Ed25519 in WebCrypto is the youngest. */
const BROWSERS = ['chrome137', 'firefox129', 'safari17.4'];

/** What the packages of Sigstore ask of Node.js, as browsers can answer it. They alone name these without `node:`, which nothing stands in for. */
export const SIGSTORE_IN_BROWSERS = {
  alias: { crypto: './src/board/proof/keyless/node-crypto.ts', util: './src/board/proof/keyless/node-util.ts' },
  define: { 'globalThis.Buffer': 'Buffer' },
  inject: ['src/board/proof/keyless/node-buffer.ts'],
};

export interface BoardBuild {
  /** By path below the board's folder: `index.html`, and in `assets/` what is named by its content. */
  files: Map<string, Uint8Array>;
  /** What a browser asks for before anything can be seen, the page included. */
  first: string[];
  metafile: Metafile;
}

/** Bundles `src/board/` for browsers. What reaches for a module of Node.js does not build. */
export async function buildBoard(root: string): Promise<BoardBuild> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['src/board/main.tsx', 'src/board/style/board.css', 'src/board/style/icon.svg'],
    outbase: 'src/board',
    outdir: 'assets',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    loader: { '.svg': 'copy' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: BROWSERS,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    ...SIGSTORE_IN_BROWSERS,
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    write: false,
  });
  const files = new Map(outputFiles.map(({ path, contents }) => [`assets/${basename(path)}`, contents]));
  const names = [...files.keys()];
  const script = namedLike(names, /^assets\/main-\w+\.js$/);
  const style = namedLike(names, /^assets\/board-\w+\.css$/);
  const icon = namedLike(names, /^assets\/icon-\w+\.svg$/);
  const chunks = staticImports(metafile, script);
  const page = await readFile(join(root, 'src/board/page.html'), 'utf8');
  const html = page
    .replace('<!-- links -->', links({ script, style, icon, chunks }))
    .replace('<!-- marks -->', markSymbols().text);
  files.set('index.html', new TextEncoder().encode(html));
  return { files, first: ['index.html', script, style, icon, ...chunks], metafile };
}

function namedLike(names: readonly string[], pattern: RegExp): string {
  const name = names.find((each) => pattern.test(each));
  if (name === undefined) throw new Error(`the bundle has no file like ${pattern.source}: ${names.join(', ')}`);
  return name;
}

/** Chunks that the entry imports at once, however deep. */
function staticImports({ outputs }: Metafile, entry: string): string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    for (const { path, kind } of outputs[name]?.imports ?? []) {
      if (kind !== 'import-statement' || found.has(path)) continue;
      found.add(path);
      visit(path);
    }
  };
  visit(entry);
  return [...found];
}

function links({ script, style, icon, chunks }: { script: string; style: string; icon: string; chunks: string[] }): string {
  return [
    `<link rel="icon" href="/board/${icon}" type="image/svg+xml">`,
    `<link rel="stylesheet" href="/board/${style}">`,
    ...chunks.map((chunk) => `<link rel="modulepreload" href="/board/${chunk}">`),
    `<script type="module" src="/board/${script}"></script>`,
  ].join('\n    ');
}
