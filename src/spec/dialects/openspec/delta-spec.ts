import { type Block, requirementName, type Section, specOutline, type SpecOutline } from './spec-outline.ts';

export const OPERATIONS = ['ADDED', 'MODIFIED', 'REMOVED', 'RENAMED'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** A requirement named in a list, and its line. */
export interface Named {
  name: string;
  line: number;
}

export interface Rename {
  from: string;
  to: string;
  line: number;
}

/** What a change does to one living spec. Sections of the same name, in whatever case, are one. */
export interface DeltaSpec {
  outline: SpecOutline;
  added: Block[];
  modified: Block[];
  removed: Named[];
  renamed: Rename[];
  /** `FROM:` and `TO:` lines without their other half. */
  unpaired: (Named & { side: 'FROM' | 'TO' })[];
  /** Requirements that stand in no section of a delta. */
  outside: Block[];
  /** Sections that there are, empty ones too. */
  present: Section[];
}

const HEADER = /^(ADDED|MODIFIED|REMOVED|RENAMED) Requirements$/i;
const REMOVED_BULLET = /^[-*+]\s*`?###\s*Requirement:\s*(\S.*?)`?$/;
const RENAME = /^(?:[-*+]\s*)?(FROM|TO):\s*`?###\s*Requirement:\s*(\S.*?)`?$/;

/** The operation that a section's title names. */
export function operationOf(section: Section | undefined): Operation | undefined {
  const word = HEADER.exec(section?.title ?? '')?.[1]?.toUpperCase();
  return OPERATIONS.find((each) => each === word);
}

export function deltaSpec(source: string | SpecOutline): DeltaSpec {
  const outline = typeof source === 'string' ? specOutline(source) : source;
  const present = outline.sections.filter((section) => operationOf(section) !== undefined);
  const under = (operation: Operation): Block[] => outline.blocks.filter(({ section }) => operationOf(section) === operation);
  const delta: DeltaSpec = {
    outline,
    added: under('ADDED'),
    modified: under('MODIFIED'),
    removed: under('REMOVED').map(({ name, line }) => ({ name, line })),
    renamed: [],
    unpaired: [],
    outside: outline.blocks.filter(({ section }) => operationOf(section) === undefined),
    present,
  };
  for (const section of present) {
    if (operationOf(section) === 'REMOVED') delta.removed.push(...removedBullets(outline, section));
    if (operationOf(section) === 'RENAMED') readRenames(section, delta);
  }
  delta.removed.sort((a, b) => a.line - b.line);
  return delta;
}

/** A file below a change's `specs/` that the tool will not merge though it looks like a delta: it has no folder of its own, or another name. */
export function isLostDelta(path: string, text: string): boolean {
  return /(?:^|\/)specs\/spec\.md$/i.test(path) || deltaSpec(text).present.length > 0;
}

export function isEmptyDelta({ added, modified, removed, renamed }: DeltaSpec): boolean {
  return added.length + modified.length + removed.length + renamed.length === 0;
}

function removedBullets({ lines, mask }: SpecOutline, section: Section): Named[] {
  const found: Named[] = [];
  for (let line = section.line + 1; line <= section.endLine; line++) {
    const name = mask[line - 1] === true ? undefined : REMOVED_BULLET.exec((lines[line - 1] ?? '').trim())?.[1];
    if (name !== undefined) found.push({ name: requirementName(name), line });
  }
  return found;
}

/** A `FROM:` and the `TO:` after it are a pair; what is left of either is told. */
function readRenames(section: Section, { outline: { lines, mask }, renamed, unpaired }: DeltaSpec): void {
  let pending: Named | undefined;
  for (let line = section.line + 1; line <= section.endLine; line++) {
    const found = mask[line - 1] === true ? null : RENAME.exec((lines[line - 1] ?? '').trim());
    if (found === null) continue;
    const name = requirementName(found[2] ?? '');
    if (found[1] === 'FROM') {
      if (pending !== undefined) unpaired.push({ ...pending, side: 'FROM' });
      pending = { name, line };
    } else if (pending === undefined) unpaired.push({ name, line, side: 'TO' });
    else {
      renamed.push({ from: pending.name, to: name, line: pending.line });
      pending = undefined;
    }
  }
  if (pending !== undefined) unpaired.push({ ...pending, side: 'FROM' });
}
