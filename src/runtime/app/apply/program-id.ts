import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { sha256 } from '../../../base/digest.ts';

/** `dist/`, or `src/` where there is no build. */
const TREE = join(import.meta.dirname, '..', '..', '..');

let known: string | undefined;

/** Names the program that runs: two that could read a specification differently have different names. */
export function programId(): string {
  return (known ??= programIn(TREE));
}

/** The same of the program that lies in a folder: what its build has written of itself, or, where there is none, its sources as they are. */
export function programIn(tree: string): string {
  const stamp = join(tree, '.stamp');
  const built = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  return built === '' ? sha256(JSON.stringify(sourcesOf(tree))) : built;
}

/** What tells that one was changed. */
function sourcesOf(tree: string): unknown[] {
  return [tree, join(tree, '..', 'schemas')].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => {
        const path = join(parentPath, name);
        const { mtimeMs, size } = statSync(path);
        return [path, mtimeMs, size];
      }),
  );
}
