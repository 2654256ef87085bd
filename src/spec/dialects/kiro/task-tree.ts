import type { SourceSpan } from '../../model.ts';
import { says } from '../../work/keywords.ts';
import type { WorkDraft } from '../../work/work-draft.ts';
import { labelLine } from './label-line.ts';
import type { Row } from './rows.ts';

export interface Entry {
  row: Row;
  id: string | undefined;
  draft: WorkDraft;
  parallel: boolean;
  /** Line of the heading it stands under. */
  group: number;
  depends: { id: string; at: SourceSpan }[];
}

export interface TaskEntry extends Entry {
  /** What is written under it, up to the next task. */
  details: Row[];
  parent: TaskEntry | undefined;
  parts: TaskEntry[];
  depth: number;
}

/** Indentation of a heading that is a task: whatever stands under it is indented further. */
const OUTERMOST = -1;

/** A heading as the row of a task. */
export function headingRow(row: Row): Row {
  return { ...row, indent: OUTERMOST };
}

/** Whether a task stands as a heading, without a checkbox there. */
export function isHeading({ row }: Entry): boolean {
  return row.indent === OUTERMOST;
}

const LABEL = /^\*\*[^*]{1,60}(?:\*\*\s?[:：]|[:：]\*\*)/;

/** Deeper ones are parts of the last that is not too deep. */
const MAX_DEPTH = 20;

/** Tasks with their parts. A part is told by its number (`1.2` is part of `1`, however it is indented), else by its indentation. */
export class TaskTree {
  readonly entries: TaskEntry[] = [];
  readonly #byId = new Map<string, TaskEntry>();
  /** Tasks that a line indented further would belong to. */
  #open: TaskEntry[] = [];
  /** The task whose details are being read. */
  #reading: TaskEntry | undefined;
  /** A line among the details that heads criteria. */
  #aside: { indent: number; isBullet: boolean } | undefined;

  has(id: string): boolean {
    return this.#byId.has(id.toLowerCase());
  }

  get(id: string): TaskEntry | undefined {
    return this.#byId.get(id.toLowerCase());
  }

  add(entry: Entry): void {
    const { indent } = entry.row;
    this.#open = this.#open.filter((each) => each.row.indent < indent);
    const nearest = this.#parentById(entry.id) ?? this.#open.at(-1);
    const parent = nearest !== undefined && nearest.depth >= MAX_DEPTH ? nearest.parent : nearest;
    const made: TaskEntry = { ...entry, details: [], parent, parts: [], depth: (parent?.depth ?? -1) + 1 };
    if (parent !== undefined) {
      made.draft.parent = parent.draft.key;
      parent.parts.push(made);
    }
    this.entries.push(made);
    if (entry.id !== undefined) this.#byId.set(entry.id.toLowerCase(), made);
    this.#open.push(made);
    this.#reading = made;
    this.#aside = undefined;
  }

  #parentById(id: string | undefined): TaskEntry | undefined {
    let rest = id?.toLowerCase() ?? '';
    for (let dot = rest.lastIndexOf('.'); dot > 0; dot = rest.lastIndexOf('.')) {
      rest = rest.slice(0, dot);
      const found = this.#byId.get(rest);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** A heading ends what stands before it, but not the task of a heading above it. */
  leave(level: number): void {
    const [above] = this.#open;
    const isInside = above !== undefined && isHeading(above) && (above.row.heading?.level ?? level) < level;
    this.#open = isInside ? [above] : [];
    this.#reading = isInside ? above : undefined;
    this.#aside = undefined;
  }

  /** Takes a line as a detail of the task before it, if it is one. */
  addDetail(row: Row): void {
    const task = this.#readerOf(row);
    if (task === undefined) return;
    this.#reading = task;
    const isInside = row.indent > task.row.indent || !row.isFirst || labelLine(row.text)?.strict === true;
    if (!isInside) {
      this.#reading = undefined;
      this.#aside = undefined;
      return;
    }
    task.details.push(row);
    task.draft.source.endLine = Math.max(task.draft.source.endLine, row.block?.endLine ?? row.line);
    if (row.block === undefined) this.#noteAside(row);
  }

  /** What stands beside a part without a number, or under a heading that is a task and not under a part of it, belongs to the whole. */
  #readerOf({ indent, text, isFirst }: Row): TaskEntry | undefined {
    const task = this.#reading;
    const [whole] = this.#open;
    const isUnderHeading = whole !== undefined && isHeading(whole);
    if (task === undefined) return isUnderHeading ? whole : undefined;
    const isBeside = indent <= task.row.indent && (isFirst || /^[-*+]\s/.test(text) || LABEL.test(text));
    if (!isBeside || (task.id !== undefined && !isUnderHeading)) return task;
    return this.#open.findLast((each) => each.row.indent < indent) ?? task;
  }

  #noteAside({ text, indent }: Row): void {
    const isHead = text.length < 80 && /[:：][*_]{0,3}$|^\*\*[^*]+\*\*$/.test(text) && says(text, 'acceptance');
    const isBullet = /^[-*+]\s/.test(text);
    if (isHead) this.#aside = { indent, isBullet };
    else if (this.#aside !== undefined && indent <= this.#aside.indent && (isBullet || LABEL.test(text))) this.#aside = undefined;
  }

  /** A checkbox under `Acceptance criteria:` among a task's details. */
  isAside({ indent }: Row): boolean {
    return this.#aside !== undefined && (this.#aside.isBullet ? indent > this.#aside.indent : indent >= this.#aside.indent);
  }

  /** Whether a line is indented under a task. */
  isInside({ indent }: Row): boolean {
    return this.#open.some((each) => each.row.indent < indent);
  }

  ownerOf(row: Row): TaskEntry | undefined {
    return this.isAside(row) ? this.#reading : this.#open.findLast((each) => each.row.indent < row.indent);
  }
}
