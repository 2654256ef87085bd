import { isMap, isScalar, isSeq } from 'yaml';

import { readYaml } from '../../documents/read-yaml.ts';

import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import type { WorkStatus } from '../../model.ts';
import { statusNamed } from '../../work/status-words.ts';

/** The statuses of a board, first to last. */
export type StatusOrder = readonly string[];

/** Name of the project and its statuses. A configuration that does not parse is passed over. */
export function readConfig(account: LineAccount, desk: Desk): { title?: string; statuses: StatusOrder } {
  const { path, lineCount, text } = account.source;
  account.mark({ line: 1, endLine: lineCount }, 'document');
  try {
    const { contents, fault } = readYaml(text, { uniqueKeys: false });
    if (fault !== undefined) return reportInvalid(path, desk);
    if (!isMap(contents)) return { statuses: [] };
    const list = contents.get('statuses', true);
    const statuses = isSeq(list) ? list.items.flatMap((each) => (isScalar(each) ? String(each.value) : [])) : [];
    const title: unknown = contents.get('project_name');
    return typeof title === 'string' && title.trim() !== '' ? { title, statuses } : { statuses };
  } catch {
    return reportInvalid(path, desk);
  }
}

function reportInvalid(path: string, { diagnostics }: Desk): { statuses: StatusOrder } {
  const message = `${path} is not valid YAML; the statuses it lists are not known.`;
  diagnostics.report('SPEC_DOCUMENT_IGNORED', { file: path, line: 1, column: 1 }, { message, hint: 'Correct it.' });
  return { statuses: [] };
}

/** What a status says: by its words, else by its place among the board's statuses, of which the last is done. */
export function boardStatus(words: string, statuses: StatusOrder): WorkStatus | undefined {
  const named = statusNamed(words);
  if (named !== undefined) return named;
  const at = statuses.findIndex((each) => each.trim().toLowerCase() === words.trim().toLowerCase());
  if (at === -1) return undefined;
  return at === 0 ? 'todo' : at === statuses.length - 1 ? 'done' : 'doing';
}
