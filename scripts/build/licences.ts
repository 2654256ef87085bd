import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Metafile } from 'esbuild';

/** What has a colon is no file, but made by a plugin. */
const PACKAGE = /^[^:]*node_modules\/(?:@[^/]+\/)?[^/]+/;

/** The licence texts of what is bundled, which its authors ask to travel along. */
export async function licences(root: string, { inputs }: Metafile): Promise<string> {
  const folders = new Set(Object.keys(inputs).flatMap((input) => PACKAGE.exec(input)?.[0] ?? []));
  const texts = await Promise.all([...folders].map(async (folder) => licence(join(root, folder))));
  return texts.toSorted().join(`\n${'-'.repeat(80)}\n\n`);
}

async function licence(folder: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
  const [file] = await Array.fromAsync(glob('{LICEN[CS]E,Licen[cs]e,licen[cs]e}*', { cwd: folder }));
  const text = file === undefined ? '' : await readFile(join(folder, file), 'utf8');
  return `${manifest['name']} ${manifest['version']} (${manifest['license']})\n\n${text.trim()}\n`;
}
