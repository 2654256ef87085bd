import { isMap, isScalar, LineCounter } from 'yaml';

import { readYaml } from '../../documents/read-yaml.ts';

import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import type { SourceSpan, WorkStatus } from '../../model.ts';
import { statusNamed } from '../../work/status-words.ts';

/** What the sprint says of one story. */
export interface SprintStory {
  epic: string;
  story: string;
  /** From the key: `log in` of `1-2-log-in`. */
  title: string;
  status: WorkStatus;
  /** As printed. */
  words: string;
  at: SourceSpan;
}

/** Stories under `development_status:`, in order; epics and retrospectives say nothing of what is to be done. */
export function readSprintStatus(account: LineAccount, desk: Desk): SprintStory[] {
  const { path, text, lineCount } = account.source;
  account.mark({ line: 1, endLine: lineCount }, 'document');
  const lines = new LineCounter();
  try {
    const { contents, fault } = readYaml(text, { lines, uniqueKeys: false });
    if (fault !== undefined) return reportInvalid(path, desk);
    const stories = isMap(contents) ? contents.get('development_status', true) : undefined;
    if (!isMap(stories)) return [];
    return stories.items.flatMap(({ key, value }) => {
      const line = isScalar(key) ? lines.linePos(key.range?.[0] ?? 0).line : 1;
      const words = isScalar(value) && typeof value.value === 'string' ? value.value : '';
      return storyOf(isScalar(key) ? String(key.value) : '', words, { desk, at: { file: path, line, column: 1, endLine: line } });
    });
  } catch {
    return reportInvalid(path, desk);
  }
}

function reportInvalid(path: string, { diagnostics }: Desk): [] {
  const message = `${path} is not valid YAML; what it says of stories is not known.`;
  diagnostics.report('SPEC_DOCUMENT_IGNORED', { file: path, line: 1, column: 1 }, { message, hint: 'Correct it.' });
  return [];
}

function storyOf(key: string, words: string, { desk, at }: { desk: Desk; at: SourceSpan }): SprintStory[] {
  const parts = /^(\d{1,4})-(\d{1,4}[a-z]?)(?:-(.*))?$/i.exec(key.trim());
  if (parts === null) return [];
  const [, epic = '', story = '', slug = ''] = parts;
  const status = statusNamed(words);
  if (status === undefined) {
    const message = `The story \`${key}\` has the status \`${words}\`, which is not known; it is taken as open.`;
    desk.diagnostics.report('SPEC_STATUS_UNKNOWN', at, {
      message,
      hint: 'Write `backlog`, `ready-for-dev`, `in-progress`, `review` or `done`.',
    });
  }
  return [{ epic, story, title: slug.replaceAll('-', ' '), status: status ?? 'unknown', words, at }];
}
