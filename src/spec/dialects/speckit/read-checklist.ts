import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import { type Block, type Item, itemHead, subItems } from '../../markdown/block.ts';
import { boxAt, checkboxIn, isStatusMark } from '../../markdown/checkbox.ts';
import { type Passage, placeIn, plainText } from '../../markdown/passage.ts';
import { reportBoxesIn } from '../../markdown/verbatim.ts';
import { shortened } from '../../shortened.ts';
import { lineText } from '../../source-text.ts';
import { reportLegend } from '../../work/marks.ts';
import type { RequirementDraft } from '../../work/work-draft.ts';

const CHECK_ID = /^(?:\*\*|`)?([A-Z]{2,5}-?\d{1,4}[a-z]?)(?:\*\*|`)?(?=[\s:：])/;

/** Reads a checklist, or a document with some checkboxes: they ask whether the specification is good, and are criteria, never tasks. */
export function readChecklist(account: LineAccount, blocks: readonly Block[], desk: Desk): RequirementDraft[] {
  const drafts: RequirementDraft[] = [];
  let section = '';
  const readItem = (item: Item): void => {
    const head = itemHead(item);
    const box = head === undefined ? undefined : checkboxIn(head.text);
    if (head !== undefined && box !== undefined && box.text !== '') {
      if (isStatusMark(box.marker)) drafts.push(criterion(item, { head, text: box.text, section }));
      else {
        account.settleCheckbox(item.line, 'diagnostic');
        reportLegend(box.marker, placeIn(head), desk.diagnostics);
      }
    }
    for (const block of item.blocks) if ('language' in block) reportBoxesIn(block, account, desk.diagnostics);
    for (const inner of subItems(item)) readItem(inner);
  };
  const criterion = (
    item: Item,
    { head, text, section: title }: { head: Passage; text: string; section: string },
  ): RequirementDraft => {
    const { file, line, column } = placeIn(head);
    const plain = plainText(text);
    const key = `${file}:${line}`;
    const sourceId = CHECK_ID.exec(text.slice(0, 40))?.[1];
    const box = boxAt(lineText(account.source, item.line), item.line);
    account.mark(item, 'element', key);
    account.settleCheckbox(item.line, 'criterion');
    return {
      kind: 'requirement',
      requirementKind: 'checklist',
      key,
      // Checklists number their lines each for itself: `CHK001` is there in every one.
      scope: file.replace(/\.[^./]*$/, '').replace(/^(?:\.specify\/)?specs\//, ''),
      name: shortened(plain),
      section: title,
      source: { file, line, column, endLine: item.endLine },
      text: plain,
      ...(sourceId === undefined ? {} : { sourceId }),
      ...(box === undefined ? {} : { box }),
    };
  };
  for (const block of blocks) {
    if (block.type === 'heading') {
      section = plainText(block.text.text);
      account.mark(block, 'heading');
    } else if (block.type === 'list') for (const item of block.items) readItem(item);
    else if ('language' in block) reportBoxesIn(block, account, desk.diagnostics);
  }
  return drafts;
}
