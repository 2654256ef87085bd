import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Digest, sha256 } from '../../../../base/digest.ts';
import type { TaskKind } from '../../../../spec/model.ts';

const FOLDER = join(import.meta.dirname, '..', '..', '..', '..', '..', 'templates', 'briefs');

/** What an agent is told around its task, with `{{places}}` for what differs from task to task. */
export interface BriefTemplate {
  text: string;
  /** Part of the task key: other words, another result. */
  digest: Digest;
}

const read = new Map<TaskKind, BriefTemplate>();

/** The template for a kind of tasks; the files do not change while a command runs. */
export function briefTemplate(kind: TaskKind): BriefTemplate {
  const known = read.get(kind);
  if (known !== undefined) return known;
  const own = join(FOLDER, `${kind}.md`);
  const text = readFileSync(existsSync(own) ? own : join(FOLDER, 'default.md'), 'utf8');
  const template = { text, digest: sha256(text) };
  read.set(kind, template);
  return template;
}
