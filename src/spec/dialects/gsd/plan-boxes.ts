import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import { shortened } from '../../shortened.ts';
import { lineText } from '../../source-text.ts';
import { type BoxLine, boxLines, partStatus } from '../../work/box-lines.ts';
import { says } from '../../work/keywords.ts';
import { PLAIN_WORK, type RequirementDraft, type WorkDraft } from '../../work/work-draft.ts';

/** Elements of a plan whose checkboxes tell when it is finished. */
const CRITERIA = new Set([
  'acceptance_criteria',
  'verify',
  'done',
  'success_criteria',
  'verification',
  'how-to-verify',
  'must_haves',
  'output',
]);

interface Owner {
  draft: WorkDraft;
  tasks: readonly WorkDraft[];
}

/** The checkboxes of a plan: criteria of it or of one of its tasks, else steps. */
export function planBoxes(
  { draft, tasks }: Owner,
  account: LineAccount,
  { desk, from }: { desk: Desk; from: number },
): { criteria: RequirementDraft[]; steps: WorkDraft[] } {
  const found: { criteria: RequirementDraft[]; steps: WorkDraft[] } = { criteria: [], steps: [] };
  const boxes = boxLines(account, desk, { from });
  const inside = boxes.length === 0 ? new Set<number>() : criterionLines(account, from);
  let at = 0;
  for (const box of boxes) {
    while ((tasks[at]?.source.endLine ?? box.line) < box.line) at += 1;
    const task = tasks[at];
    const owner = task !== undefined && task.source.line <= box.line ? task : draft;
    const isCriterion = inside.has(box.line) || box.headings.some((heading) => says(heading, 'acceptance'));
    account.mark(box, 'element', keyOf(box, owner));
    account.settleCheckbox(box.line, isCriterion ? 'criterion' : 'subTask');
    if (isCriterion) found.criteria.push(criterionOf(box, owner));
    else found.steps.push(stepOf(box, owner));
  }
  return found;
}

/** Lines between `<verify>` and `</verify>` and the like. */
function criterionLines(account: LineAccount, from: number): Set<number> {
  const lines = new Set<number>();
  let open: string | undefined;
  for (let line = from; line <= account.source.lineCount; line++) {
    const text = lineText(account.source, line);
    const tag = /^\s{0,40}<([a-z_-]{1,40})>/.exec(text)?.[1];
    if (open === undefined && tag !== undefined && CRITERIA.has(tag)) open = tag;
    if (open !== undefined) lines.add(line);
    if (open !== undefined && (text.includes(`</${open}>`) || text.includes('</task>'))) open = undefined;
  }
  return lines;
}

/** Not the key of a task that begins on the same line. */
function keyOf({ line }: BoxLine, owner: WorkDraft): string {
  return `${owner.source.file}:${line}:box`;
}

function common(
  box: BoxLine,
  owner: WorkDraft,
): Pick<WorkDraft, 'key' | 'scope' | 'name' | 'section' | 'source' | 'text' | 'parent' | 'box'> {
  const base = {
    key: keyOf(box, owner),
    scope: [owner.scope, owner.sourceId ?? ''].filter((part) => part !== '').join('/'),
    name: shortened(box.text),
    section: box.headings.at(-1) ?? owner.name,
    source: { file: owner.source.file, line: box.line, column: 1, endLine: box.endLine },
    text: box.text,
    parent: owner.key,
  };
  return box.box === undefined ? base : { ...base, box: box.box };
}

function criterionOf(box: BoxLine, owner: WorkDraft): RequirementDraft {
  return { kind: 'requirement', requirementKind: 'criterion', ...common(box, owner) };
}

function stepOf(box: BoxLine, owner: WorkDraft): WorkDraft {
  const status = partStatus(box.status, owner.status);
  const draft: WorkDraft = { ...PLAIN_WORK, ...common(box, owner), status, optional: box.optional, writes: [], labels: [] };
  return owner.milestone === undefined ? draft : { ...draft, milestone: owner.milestone };
}
