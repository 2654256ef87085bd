import { boxesAreNoTasks } from '../../work/marks.ts';
import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import { plainText } from '../../markdown/passage.ts';
import { shortened } from '../../shortened.ts';
import { idsIn, isIdList } from '../../work/id-lists.ts';
import { normalWords } from '../../work/keywords.ts';
import { settleRest } from '../../work/settle-rest.ts';
import type { RequirementDraft } from '../../work/work-draft.ts';
import { labelLine, REQUIREMENT_ID } from './label-line.ts';
import { type Row, rowsOf } from './rows.ts';

export interface DesignReading {
  properties: RequirementDraft[];
  /** Ids of requirements by the number of the property that validates them. */
  validated: Map<string, string[]>;
}

const PROPERTY =
  /^(?:correctness )?(?:property|özellik|プロパティ|属性|屬性|正确性属性|속성|propiedad|propriedade|propriété|eigenschaft|свойство)\s{0,3}#?p?(\d{1,4}[a-z]?)(?:\s{0,3}[:：.—–-]\s{0,3}(.{0,400}))?$/;

/** Reads the correctness properties of a `design.md`; the rest of a design is context. */
export function readDesign(account: LineAccount, desk: Desk, scope: string): DesignReading {
  const reading: DesignReading = { properties: [], validated: new Map() };
  let current: RequirementDraft | undefined;
  for (const row of rowsOf(account, desk, ({ type, ...lines }) => account.mark(lines, type === 'fence' ? 'document' : 'prose'))
    .rows) {
    if (row.block !== undefined) continue;
    const begun = row.heading === undefined ? undefined : propertyAt(row, { account, scope });
    if (begun !== undefined) reading.properties.push(begun);
    if (row.heading !== undefined) current = begun;
    else if (current !== undefined) goOn(current, row, reading);
    if (current !== undefined)
      account.mark({ line: row.line, endLine: row.line }, row.heading === undefined ? 'element' : 'heading', current.key);
  }
  reportBoxes(account, desk);
  settleRest(account, desk);
  return reading;
}

function propertyAt(row: Row, { account, scope }: { account: LineAccount; scope: string }): RequirementDraft | undefined {
  const title = row.heading?.title ?? '';
  const found = PROPERTY.exec(normalWords(title.slice(0, 500)));
  if (found === null) return undefined;
  const file = account.source.path;
  const number = found[1] ?? '';
  const name = title.replace(/^\D*\d+[a-z]?\s{0,3}[:：.—–-]?\s*/, '') || title;
  return {
    kind: 'requirement',
    requirementKind: 'property',
    key: `${file}:${row.line}`,
    scope,
    sourceId: `Property ${number}`,
    aliases: [`P${number}`],
    name: shortened(name),
    section: title,
    source: { file, line: row.line, column: row.indent + 1, endLine: row.line },
    text: '',
  };
}

function goOn(property: RequirementDraft, row: Row, { validated }: DesignReading): void {
  const label = labelLine(row.text);
  const number = property.sourceId?.replace('Property ', '') ?? '';
  property.source.endLine = row.line;
  if (label?.kind === 'requirements' && isIdList(label.value, REQUIREMENT_ID)) {
    const ids = idsIn(label.value, REQUIREMENT_ID).map(({ id }) => id);
    validated.set(number, [...(validated.get(number) ?? []), ...ids]);
  } else property.text = `${property.text} ${plainText(row.text)}`.trim();
}

/** Checklists of a design say what its author thought of. */
function reportBoxes(account: LineAccount, { diagnostics }: Desk): void {
  const boxes = account.openCheckboxes();
  const [first] = boxes;
  if (first === undefined) return;
  for (const line of boxes) account.settleCheckbox(line, 'diagnostic');
  const { path } = account.source;
  const message = `${path} is a design, which is context: ${boxesAreNoTasks(boxes.length)}.`;
  diagnostics.report(
    'SPEC_CONTEXT_FILE',
    { file: path, line: first, column: 1 },
    { message, hint: 'Move what is to be done into tasks.md.' },
  );
}
