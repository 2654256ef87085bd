import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import { caught, chapterIn, lootPath, type Order, orderIn } from '../order.ts';

/** Reads what there is to read, as an agent would: its brief, the notes, what the repository's own tool prints; and finds its order. */
export function orderFor(told: string): { chapter: number; order: Order } {
  const chapter = chapterIn(told);
  const notes = `docs/${chapter}.md`;
  const data = `tools/${chapter}.dat`;
  const texts = [
    told,
    existsSync(notes) ? readFileSync(notes, 'utf8') : '',
    existsSync(data) ? execFileSync('sh', ['tools/check.sh', `${chapter}`], { encoding: 'utf8' }) : '',
  ];
  const order = texts.map((text) => orderIn(text, chapter)).find((found) => found !== undefined);
  if (order === undefined) throw new Error(`no order in ${told}`);
  return { chapter, order };
}

export function runScript(chapter: number, script: string): void {
  spawnSync('bash', ['-c', caught(chapter, script)], { stdio: 'ignore' });
}

export function note(chapter: number, text: string): void {
  mkdirSync('out', { recursive: true });
  writeFileSync(lootPath(chapter), `began ${chapter}\n${text}\n`);
}
