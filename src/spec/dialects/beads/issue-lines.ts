import { messageOf } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import { isBlankLine, lineText } from '../../source-text.ts';

/** One line of an export. */
export interface IssueLine {
  account: LineAccount;
  line: number;
  issue: JsonObject;
}

/** The objects of a file with one to a line; lines that are none are reported. */
export function issueLinesOf(account: LineAccount, { diagnostics }: Desk): IssueLine[] {
  const found: IssueLine[] = [];
  for (let line = 1; line <= account.source.lineCount; line++) {
    if (isBlankLine(account.source, line)) continue;
    const parsed = parsedLine(lineText(account.source, line));
    if ('issue' in parsed) found.push({ account, line, issue: parsed.issue });
    else {
      const message = `This line is no JSON object: ${parsed.fault}`;
      const hint = 'Write one issue to a line; look for the marks of a merge.';
      diagnostics.report('SPEC_DOCUMENT_INVALID', { file: account.source.path, line, column: 1 }, { message, hint });
    }
  }
  account.mark({ line: 1, endLine: account.source.lineCount }, 'document');
  return found;
}

function parsedLine(text: string): { issue: JsonObject } | { fault: string } {
  try {
    const value: JsonValue = JSON.parse(text);
    return isJsonObject(value) ? { issue: value } : { fault: 'it is another JSON value.' };
  } catch (error) {
    return { fault: messageOf(error) };
  }
}

/** Whether there is an issue among the first lines of a text, and not only other kinds of records. */
export function beginsWithIssue(text: string): boolean {
  return text
    .slice(0, 200_000)
    .split('\n', 20)
    .some((line) => {
      const isWhole = line.trimStart().startsWith('{') && /"(?:issue_type|status|priority|_type)"\s*:/.test(line);
      return isWhole && /"id"\s*:\s*"/.test(line) && /"title"\s*:/.test(line);
    });
}
