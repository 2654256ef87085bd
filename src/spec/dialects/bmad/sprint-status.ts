import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import type { SourceSpan, WorkStatus } from '../../model.ts';
import { lineText } from '../../source-text.ts';
import { statusNamed } from '../../work/status-words.ts';
import { type Numbered, storyInKey } from './story-number.ts';

/** What the sprint says of one story. */
export interface SprintStory extends Numbered {
  /** `1-2-log-in`; the story's file is named by it. */
  key: string;
  status: WorkStatus;
  /** As printed. */
  words: string;
  at: SourceSpan;
}

const ENTRY = /^(\s{1,20})["']?([\p{L}\p{N}._-]{1,200})["']?\s{0,4}:(?:\s+(.*))?$/u;

/**
 * Stories under `development_status:`, in order; epics and retrospectives say nothing of what is to be done. Read line by line: people write what they
 * like behind a status, and it is no YAML then.
 */
export function readSprintStatus(account: LineAccount, desk: Desk): SprintStory[] {
  const { source } = account;
  account.mark({ line: 1, endLine: source.lineCount }, 'document');
  const found: SprintStory[] = [];
  let isInside = false;
  for (let line = 1; line <= source.lineCount; line++) {
    const text = lineText(source, line).trimEnd();
    if (/^[^\s#]/.test(text)) isInside = /^development_status\s*:/.test(text);
    const [, , key = '', words = ''] = isInside ? (ENTRY.exec(text) ?? []) : [];
    if (key !== '')
      found.push(...storyOf(key, plainWords(words), { desk, at: { file: source.path, line, column: 1, endLine: line } }));
  }
  return found;
}

/** Without quotes, and without a comment behind them. */
function plainWords(text: string): string {
  return text
    .replace(/(?:^|\s)#.*$/s, '')
    .trim()
    .replace(/^(["'])(.*)\1$/s, '$2')
    .trim();
}

function storyOf(key: string, words: string, { desk, at }: { desk: Desk; at: SourceSpan }): SprintStory[] {
  const numbered = storyInKey(key);
  if (numbered === undefined) return [];
  const status = statusNamed(words);
  if (status === undefined) {
    const message = `The story \`${key}\` has the status \`${words}\`, which is not known; it is taken as open.`;
    desk.diagnostics.report('SPEC_STATUS_UNKNOWN', at, {
      message,
      hint: 'Write `backlog`, `ready-for-dev`, `in-progress`, `review` or `done`.',
    });
  }
  return [{ ...numbered, key, status: status ?? 'unknown', words, at }];
}
