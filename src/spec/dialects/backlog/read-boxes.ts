import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import { shortened } from '../../shortened.ts';
import { lineText } from '../../source-text.ts';
import { type BoxLine, boxLines, partStatus } from '../../work/box-lines.ts';
import { says } from '../../work/keywords.ts';
import { sequenceEdges } from '../../work/sequence.ts';
import { type EdgeDraft, PLAIN_WORK, type RequirementDraft, type WorkDraft } from '../../work/work-draft.ts';

interface Boxes {
  requirements: RequirementDraft[];
  steps: WorkDraft[];
  edges: EdgeDraft[];
}

type List = 'ac' | 'dod' | undefined;

/** The checkboxes of a task: between the marks `AC` and `DOD`, or under headings that say so, criteria; elsewhere its steps. */
export function readBoxes(task: WorkDraft, account: LineAccount, { desk, from }: { desk: Desk; from: number }): Boxes {
  const found: Boxes = { requirements: [], steps: [], edges: [] };
  const lists = listsByLine(account, from);
  for (const box of boxLines(account, desk, { from })) {
    const key = `${account.source.path}:${box.line}`;
    const list = lists.get(box.line) ?? listNamed(box.headings);
    account.mark(box, 'element', key);
    account.settleCheckbox(box.line, list === undefined ? 'subTask' : 'criterion');
    if (list === undefined) found.steps.push(stepOf(box, key, task));
    else found.requirements.push(criterionOf(box, { key, list, task }));
  }
  found.edges = sequenceEdges([{ title: task.name, steps: [{ task, parts: found.steps.map((step) => ({ task: step })) }] }]);
  return found;
}

/** Which list the lines between `<!-- AC:BEGIN -->` and `<!-- AC:END -->` belong to. */
function listsByLine(account: LineAccount, from: number): Map<number, List> {
  const lists = new Map<number, List>();
  let open: List;
  for (let line = from; line <= account.source.lineCount; line++) {
    const mark = /<!--\s{0,9}(AC|DOD):(BEGIN|END)\s{0,9}-->/i.exec(lineText(account.source, line));
    if (mark !== null) open = mark[2]?.toUpperCase() === 'END' ? undefined : mark[1]?.toUpperCase() === 'AC' ? 'ac' : 'dod';
    else if (open !== undefined) lists.set(line, open);
  }
  return lists;
}

function listNamed(headings: readonly string[]): List {
  if (headings.some((heading) => /definition of done|\bdod\b/i.test(heading))) return 'dod';
  return headings.some((heading) => says(heading, 'acceptance')) ? 'ac' : undefined;
}

function criterionOf(box: BoxLine, { key, list, task }: { key: string; list: 'ac' | 'dod'; task: WorkDraft }): RequirementDraft {
  const numbered = /^#(\d{1,6}(?:\.\d{1,6})?)\s+(.*)$/s.exec(box.text);
  const text = numbered?.[2] ?? box.text;
  const draft: RequirementDraft = {
    kind: 'requirement',
    requirementKind: list === 'ac' ? 'criterion' : 'acceptance',
    key,
    scope: [task.scope, task.sourceId ?? task.key, list].filter((part) => part !== '').join('/'),
    name: shortened(text === '' ? box.text : text),
    section: list === 'ac' ? 'Acceptance Criteria' : 'Definition of Done',
    source: { file: task.source.file, line: box.line, column: 1, endLine: box.endLine },
    text,
    parent: task.key,
  };
  if (numbered !== null) draft.sourceId = `#${numbered[1] ?? ''}`;
  if (box.box !== undefined) draft.box = box.box;
  return draft;
}

function stepOf(box: BoxLine, key: string, task: WorkDraft): WorkDraft {
  const draft: WorkDraft = {
    ...PLAIN_WORK,
    key,
    scope: [task.scope, task.sourceId ?? task.key].filter((part) => part !== '').join('/'),
    name: shortened(box.text),
    section: box.headings.at(-1) ?? task.name,
    source: { file: task.source.file, line: box.line, column: 1, endLine: box.endLine },
    text: box.text,
    status: partStatus(box.status, task.status),
    optional: box.optional,
    writes: [],
    labels: [],
    parent: task.key,
  };
  if (box.box !== undefined) draft.box = box.box;
  if (task.milestone !== undefined) draft.milestone = task.milestone;
  return draft;
}
