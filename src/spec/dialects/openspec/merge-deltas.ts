import { counted, listed } from '../../../base/text.ts';
import { type MergeFinding, selfContradictions } from './delta-contradictions.ts';
import { type DeltaSpec, deltaSpec, isEmptyDelta, type Operation, type Rename } from './delta-spec.ts';
import { maskOf } from './fences.ts';
import { structureFaults } from './spec-faults.ts';
import { type Block, foldedName, normalText, type Section, specOutline, type SpecOutline } from './spec-outline.ts';

/** One change's delta for one living spec. */
export interface DeltaInput {
  /** Path of the capability below `specs/`: `auth` or `platform/auth`. */
  capability: string;
  /** Id of the change. */
  change: string;
  delta: string;
  /** The living spec as it is; undefined where there is none yet. */
  current: string | undefined;
}

export interface MergeResult {
  /** The living spec as it will be; undefined if there are conflicts. */
  text: string | undefined;
  conflicts: MergeFinding[];
  /** What is done already, or means nothing. */
  notes: MergeFinding[];
  counts: { added: number; modified: number; removed: number; renamed: number };
  /** What would become other than it is, in the order in which it is done. */
  touched: Touched[];
}

/** One requirement that a merge changes; `from` is the name it had. */
export interface Touched {
  operation: Operation;
  requirement: string;
  from?: string;
}

/**
 * Merges a delta into its living spec: renamed, removed, modified, added, in this order, each requirement as a whole. Nothing is
 * written; with any conflict there is no text. Rules are those of `openspec archive` 1.13 (`core/specs-apply.js`); what a spec
 * holds already is no conflict, so that merging twice changes nothing.
 */
export function mergeDeltas(input: DeltaInput): MergeResult {
  const delta = deltaSpec(input.delta);
  const merge = new Merge(delta, input);
  merge.run();
  const { conflicts, notes, touched } = merge;
  conflicts.sort((a, b) => a.line - b.line);
  return { text: conflicts.length > 0 ? undefined : merge.text(), conflicts, notes, counts: countsOf(touched), touched };
}

function countsOf(touched: readonly Touched[]): MergeResult['counts'] {
  const count = (wanted: Operation): number => touched.filter(({ operation }) => operation === wanted).length;
  return { added: count('ADDED'), modified: count('MODIFIED'), removed: count('REMOVED'), renamed: count('RENAMED') };
}

class Merge {
  readonly conflicts: MergeFinding[] = [];
  readonly notes: MergeFinding[] = [];
  readonly touched: Touched[] = [];
  readonly #delta: DeltaSpec;
  readonly #outline: SpecOutline;
  readonly #section: Section | undefined;
  /** Requirements by name; a renamed one stays where it is, because its place is kept apart. */
  readonly #blocks = new Map<string, Pick<Block, 'raw' | 'scenarios'>>();
  /** Names by what they are when case and blanks are set aside. */
  readonly #folded = new Map<string, string>();
  /** Names in the order of the living spec; those added come last. */
  readonly #order: string[] = [];
  /** Where in `#order` a requirement of the living spec stands. */
  readonly #places = new Map<string, number>();

  constructor(delta: DeltaSpec, { capability, change, current }: DeltaInput) {
    this.#delta = delta;
    this.#outline = specOutline(current ?? skeleton(capability, { change, delta }));
    this.#section = this.#outline.sections.find(({ title }) => /^Requirements$/i.test(title));
    for (const block of this.#outline.blocks) {
      if (block.section !== this.#section || this.#section === undefined) continue;
      if (!this.#blocks.has(block.name)) this.#places.set(block.name, this.#order.push(block.name) - 1);
      this.#put(block.name, block);
    }
  }

  run(): void {
    this.conflicts.push(...selfContradictions(this.#delta));
    for (const { message, line } of structureFaults(this.#outline))
      this.#conflict(1, `Line ${line} of the living spec: ${message}`);
    if (isEmptyDelta(this.#delta)) this.#conflict(1, 'The delta adds, modifies, removes and renames nothing.');
    for (const { name, line } of this.#delta.outside) {
      this.#note({ line, requirement: name, message: `\`${name}\` stands in no section of a delta, so it is not merged.` });
    }
    if (this.conflicts.length > 0) return;
    this.#rename();
    this.#remove();
    this.#modify();
    this.#add();
  }

  #rename(): void {
    const isDone = this.#isDone();
    for (const { from, to, line } of this.#delta.renamed) {
      const block = this.#blocks.get(from);
      const near = this.#near(to);
      if (block === undefined) this.#renameOfNothing({ from, to, line });
      else if (this.#blocks.has(to) && isDone) this.#renamedAlready({ from, to, line });
      else if (this.#blocks.has(to))
        this.#conflict(line, `\`${to}\` is there already, so \`${from}\` cannot be renamed to it.`, to);
      else if (near !== undefined && near !== from)
        this.#conflict(line, `\`${near}\` differs from \`${to}\` only in case or blanks.`, to);
      else {
        this.#drop(from);
        this.#put(to, { scenarios: block.scenarios, raw: block.raw.replace(/^.*/, () => `### Requirement: ${to}`) });
        const place = this.#places.get(from);
        if (place !== undefined) {
          this.#order[place] = to;
          this.#places.set(to, place);
        }
        this.touched.push({ operation: 'RENAMED', requirement: to, from });
      }
    }
  }

  #renameOfNothing({ from, to, line }: Rename): void {
    const near = this.#near(from);
    if (near !== undefined && near !== to) this.#conflict(line, `There is no \`${from}\` to rename, but \`${near}\`.`, from);
    else if (this.#blocks.has(to)) this.#renamedAlready({ from, to, line });
    else this.#conflict(line, `There is no \`${from}\` to rename.`, from);
  }

  #renamedAlready({ from, to, line }: Rename): void {
    this.#note({ line, requirement: to, message: `\`${from}\` has been renamed to \`${to}\` already.` });
  }

  /**
   * Whether the spec is what the delta would make of it: whoever merges again after a crash finds old names that are there for another
   * reason, because the delta gives them to something else.
   */
  #isDone(): boolean {
    const { added, modified, removed, renamed } = this.#delta;
    const blocks = this.#blocks;
    const given = new Set([...added.map(({ name }) => name), ...renamed.map(({ to }) => to)]);
    return (
      [...added, ...modified].every(({ name, raw }) => isSame(blocks.get(name)?.raw ?? '', raw)) &&
      removed.every(({ name }) => !blocks.has(name)) &&
      renamed.every(({ from, to }) => blocks.has(to) && (given.has(from) || !blocks.has(from))) &&
      !goesInCircles(renamed)
    );
  }

  #remove(): void {
    for (const { name, line } of this.#delta.removed) {
      const near = this.#near(name);
      if (this.#blocks.has(name)) {
        this.#drop(name);
        this.touched.push({ operation: 'REMOVED', requirement: name });
      } else if (near !== undefined) this.#conflict(line, `There is no \`${name}\` to remove, but \`${near}\`.`, name);
      else this.#note({ line, requirement: name, message: `There is no \`${name}\`; it counts as removed already.` });
    }
  }

  #modify(): void {
    for (const block of this.#delta.modified) {
      const { name, line } = block;
      const current = this.#blocks.get(name);
      if (current === undefined) {
        const near = this.#near(name);
        this.#conflict(line, `There is no \`${name}\` to modify${near === undefined ? '' : `, but \`${near}\``}.`, name);
        continue;
      }
      const lost = lostScenarios(current, block);
      if (lost.length > 0)
        this.conflicts.push({ line, message: lostMessage(name, lost), requirement: name, losesScenarios: true });
      if (!isSame(current.raw, block.raw)) this.touched.push({ operation: 'MODIFIED', requirement: name });
      this.#put(name, block);
    }
  }

  #add(): void {
    for (const block of this.#delta.added) {
      const { name, line, raw } = block;
      const existing = this.#blocks.get(name);
      const near = this.#near(name);
      if (existing !== undefined && isSame(existing.raw, raw)) {
        this.#note({ line, requirement: name, message: `\`${name}\` is there already, word by word.` });
      } else if (existing !== undefined) this.#conflict(line, `\`${name}\` is there already, and says something else.`, name);
      else if (near !== undefined) this.#conflict(line, `\`${near}\` differs from \`${name}\` only in case or blanks.`, name);
      else {
        this.#put(name, block);
        this.#order.push(name);
        this.touched.push({ operation: 'ADDED', requirement: name });
      }
    }
  }

  /** The living spec, put together again: one blank line between its parts. */
  text(): string {
    const { lines, blocks } = this.#outline;
    const section = this.#section;
    const first = blocks.find((block) => block.section === section && section !== undefined);
    const from = section?.line ?? lines.length + 1;
    const to = section?.endLine ?? lines.length;
    const seen = new Set<string>();
    const kept = this.#order.flatMap((name) => {
      const block = seen.has(name) ? undefined : this.#blocks.get(name);
      seen.add(name);
      return block === undefined ? [] : [block.raw];
    });
    const parts = [
      lines
        .slice(0, from - 1)
        .join('\n')
        .trimEnd(),
      section === undefined ? '## Requirements' : (lines[from - 1] ?? ''),
      lines
        .slice(from, (first?.line ?? to + 1) - 1)
        .join('\n')
        .trim(),
      ...kept,
      lines.slice(to).join('\n').trim(),
    ];
    return `${withoutBlankRuns(parts.filter((part) => part !== '').join('\n\n')).trimEnd()}\n`;
  }

  #near(name: string): string | undefined {
    return this.#folded.get(foldedName(name));
  }

  #put(name: string, block: Pick<Block, 'raw' | 'scenarios'>): void {
    this.#blocks.set(name, block);
    this.#folded.set(foldedName(name), name);
  }

  #drop(name: string): void {
    this.#blocks.delete(name);
    if (this.#near(name) === name) this.#folded.delete(foldedName(name));
  }

  #conflict(line: number, message: string, requirement?: string): void {
    this.conflicts.push(requirement === undefined ? { line, message } : { line, message, requirement });
  }

  #note(finding: MergeFinding): void {
    this.notes.push(finding);
  }
}

/** Names that are only passed around look the same before and after. */
function goesInCircles(renamed: readonly Rename[]): boolean {
  const next = new Map(renamed.map(({ from, to }) => [from, to]));
  return renamed.some(({ from }) => {
    let name = next.get(from);
    for (let steps = 0; name !== undefined && steps < renamed.length; steps++) {
      if (name === from) return true;
      name = next.get(name);
    }
    return false;
  });
}

/** Scenarios of the current requirement that the modified one leaves out; of two with one name, both count. */
function lostScenarios(current: Pick<Block, 'scenarios'>, modified: Pick<Block, 'scenarios'>): string[] {
  const left = new Map<string, number>();
  for (const { name } of modified.scenarios) left.set(name, (left.get(name) ?? 0) + 1);
  return current.scenarios.flatMap(({ name }) => {
    const count = left.get(name) ?? 0;
    left.set(name, count - 1);
    return count > 0 ? [] : [name];
  });
}

function lostMessage(name: string, lost: readonly string[]): string {
  const shown = listed(lost.slice(0, 3).map((each) => `\`${each}\``));
  const more = lost.length > 3 ? ` and ${counted(lost.length - 3, 'more', 'more')}` : '';
  return `\`${name}\` would lose ${counted(lost.length, 'scenario')} of the living spec: ${shown}${more}.`;
}

/** Whether two requirements say the same, blanks at the ends of lines set aside. */
function isSame(one: string, other: string): boolean {
  const [first, second] = [one, other].map((raw) => withoutBlankRuns(normalText(raw).replace(/[ \t]+$/gm, '')).trim());
  return first === second;
}

/** One blank line where there are several, but for code. */
function withoutBlankRuns(text: string): string {
  const lines = text.split('\n');
  const mask = maskOf(lines);
  return lines.filter((line, at) => mask[at] === true || line !== '' || lines[at - 1] !== '' || mask[at - 1] === true).join('\n');
}

/** A spec for a capability that is new: the delta's purpose, or words that say that there is none. */
function skeleton(capability: string, { change, delta }: { change: string; delta: DeltaSpec }): string {
  const { sections, lines } = delta.outline;
  const section = sections.find(({ title }) => /^Purpose$/i.test(title));
  const purpose = section === undefined ? '' : lines.slice(section.line, section.endLine).join('\n').trim();
  const placeholder = `TBD - created by archiving change ${change}. Update Purpose after archive.`;
  return `# ${capability} Specification\n\n## Purpose\n${purpose === '' ? placeholder : purpose}\n\n## Requirements\n`;
}
