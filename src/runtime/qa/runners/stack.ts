import { sep } from 'node:path';

/** The same words wherever and whenever it happened: no folder of this machine, no process id. */
export function portable(message: string, root: string): string {
  return message
    .replaceAll(`file://${root}${sep}`, '')
    .replaceAll(`${root}${sep}`, '')
    .replaceAll(root, '.')
    .replace(/ \(pid=\d+\)/g, '');
}

/** `src/a.ts:3` in a message whose paths are relative to the product; not an address, not a module of node. */
const PLACE = /(?<![\w:/.@-])((?:[\w.@+-]+\/)*[\w.@+-]+\.\w{1,5}):(\d+)/g;

/** Other files named, at most; the first ones are the nearest to the failure. */
const MAX_RELATED = 10;

/** Where in its own file a test failed, and which other files the message names. */
export function placeOfFailure(message: string, path: string): { line?: number; related: string[] } {
  const places = [...message.matchAll(PLACE)].map(([, file = '', line]) => ({ file, line: Number(line) }));
  const own = places.find(({ file }) => file === path);
  const others = places.map(({ file }) => file).filter((file) => file !== path && !file.includes('node_modules/'));
  return { ...(own && { line: own.line }), related: [...new Set(others)].slice(0, MAX_RELATED) };
}
