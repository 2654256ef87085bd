import type { DiagnosticList } from '../diagnostic-list.ts';
import type { LineAccount } from '../line-account.ts';
import type { Verbatim } from './block.ts';
import { checkboxOf } from './checkbox.ts';
import { lineText } from '../source-text.ts';

const NAMES: Record<Verbatim['type'], string> = {
  fence: 'code fence',
  code: 'indented code',
  html: 'HTML',
  quote: 'quote',
  rule: 'rule',
};
const DOCUMENT_LANGUAGES = new Set(['json', 'json5', 'jsonc', 'yaml', 'yml']);
const LABEL = /^[\t >]{0,40}(?:[-*+][\t ]{1,10})(?:\*\*)?(?:component|contract|integration)\s{0,4}(?:\*\*)?[:：]/i;
const BULLET = /^\s{0,40}[-*+]\s/;

/** Accounts for a block that is not read, and says so where it holds checkboxes. */
export function reportBoxesIn(block: Verbatim, account: LineAccount, diagnostics: DiagnosticList): void {
  report(block, account, { diagnostics, isNotable: (lost) => /checkbox/.test(lost) });
}

/** Accounts for a block that is not read, and says so where it holds what its author may have meant to be read. */
export function reportVerbatim(block: Verbatim, account: LineAccount, diagnostics: DiagnosticList): void {
  report(block, account, { diagnostics, isNotable: () => true });
}

interface Report {
  diagnostics: DiagnosticList;
  isNotable: (lost: string) => boolean;
}

function report(block: Verbatim, account: LineAccount, { diagnostics, isNotable }: Report): void {
  const isCode = block.type === 'fence' || block.type === 'code';
  account.mark(block, isCode ? 'document' : 'prose');
  const at = { file: account.source.path, line: block.line, column: 1 };
  if (!block.closed) {
    diagnostics.report('SPEC_FENCE_OPEN', at, {
      message: 'This code fence is never closed: all lines after it are code.',
      hint: 'Close it by a line with the same marks.',
    });
  }
  const lost = lostIn(block, account);
  if (lost === undefined || !isNotable(lost)) return;
  const message = `The ${NAMES[block.type]} on lines ${block.line}–${block.endLine} holds ${lost}, and is not read.`;
  diagnostics.report('SPEC_BLOCK_IGNORED', at, {
    message,
    hint: 'Take it out of the block, or into a file of its own, if it is specification.',
  });
}

/** What in a block looks like specification. Its checkboxes are settled: the diagnostic names them. */
function lostIn(block: Verbatim, account: LineAccount): string | undefined {
  let checkboxes = 0;
  let labels = 0;
  let bullets = 0;
  for (let line = block.line; line <= block.endLine; line++) {
    const text = lineText(account.source, line);
    if (checkboxOf(text) !== undefined) {
      checkboxes += 1;
      account.settleCheckbox(line, 'diagnostic');
    } else if (LABEL.test(text)) labels += 1;
    else if (block.type === 'code' && BULLET.test(text)) bullets += 1;
  }
  if (checkboxes > 0) return checkboxes === 1 ? 'a checkbox' : `${checkboxes} checkboxes`;
  if (labels > 0) return 'elements';
  if (bullets > 0) return 'bullets (they are indented too far)';
  return DOCUMENT_LANGUAGES.has(block.language) ? `a ${block.language.toUpperCase()} document` : undefined;
}
