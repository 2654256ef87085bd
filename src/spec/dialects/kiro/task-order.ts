import type { Desk } from '../../dialect.ts';
import type { LineAccount } from '../../line-account.ts';
import type { Verbatim } from '../../markdown/block.ts';
import type { SourceSpan } from '../../model.ts';
import { lineStart } from '../../source-text.ts';
import { type Group, sequenceEdges, type Step } from '../../work/sequence.ts';
import { type Wave, waveEdges } from '../../work/wave-edges.ts';
import { KEYWORDS, says } from '../../work/keywords.ts';
import type { EdgeDraft, WorkDraft } from '../../work/work-draft.ts';
import { arrowsIn, type Arrow } from './arrows.ts';
import type { Row } from './rows.ts';
import type { TaskEntry, TaskTree } from './task-tree.ts';
import { graphIn, type WaveGraph } from './wave-graph.ts';

/** A task by its number, with or without a word for it. */
const NAMED = new RegExp(
  String.raw`^(?:(?:t|${KEYWORDS.task.join('|')})[\s_-]{0,2})?(\d{1,4}(?:[._]\d{1,4}){0,3}(?:\.[A-Z]\d{0,2})?)(?![\p{L}\p{N}]|[._]\d)`,
  'iu',
);

/** `6.1完了 → 6.2開始可能`: one ends before the other begins. */
const ENDS = /(?<=\d)(?:完了後?|開始(?:可能)?|完成[后後]?|[后後]|완료(?: 후)?)$/u;

export interface Written {
  rows: readonly Row[];
  fences: readonly Verbatim[];
  account: LineAccount;
  desk: Desk;
}

/** Edges of the whole file, and the blocks they were read from: waves where it has some, else the order it is written in; and arrows between ids. */
export function orderEdges(tree: TaskTree, written: Written): { edges: EdgeDraft[]; graphs: ReadonlySet<Verbatim> } {
  const finder = new Finder(tree, written);
  const graphs = written.fences.flatMap((fence) => finder.graphOf(fence));
  const waves = graphs.flatMap(({ graph, at }) => finder.waves(graph, at));
  const explicit = [...graphs.flatMap(({ graph, at }) => finder.needs(graph, at)), ...finder.arrows()];
  const layout = waves.length === 0 ? sequenceEdges(groupsOf(tree)) : waveEdges(waves, leavesOf(tree));
  return { edges: [...explicit, ...layout], graphs: new Set(graphs.map(({ fence }) => fence)) };
}

/** Tasks under one heading, before those under the next. */
function groupsOf({ entries }: TaskTree): Group[] {
  const roots = entries.filter(({ parent }) => parent === undefined);
  return [...Map.groupBy(roots, ({ group }) => group).values()].map((members) => ({
    title: members[0]?.draft.milestone ?? members[0]?.draft.section ?? '',
    steps: members.map(stepOf),
  }));
}

function stepOf({ draft, parallel, parts }: TaskEntry): Step {
  return { task: draft, parallel, parts: parts.map(stepOf) };
}

function leavesOf({ entries }: TaskTree): WorkDraft[] {
  return entries.filter(({ parts }) => parts.length === 0).map(({ draft }) => draft);
}

class Finder {
  readonly #tree: TaskTree;
  readonly #written: Written;

  constructor(tree: TaskTree, written: Written) {
    this.#tree = tree;
    this.#written = written;
  }

  graphOf(fence: Verbatim): { graph: WaveGraph; at: SourceSpan; fence: Verbatim }[] {
    const { source } = this.#written.account;
    const text = source.text
      .slice(lineStart(source, fence.line + 1), lineStart(source, fence.endLine + (fence.closed ? 0 : 1)))
      .trim();
    if (!/^[[{]/.test(text) || !/wave|depend|tasks|edges|\[/i.test(text)) return [];
    const at = this.#span(fence.line, fence.endLine);
    const graph = graphIn(text);
    if (graph === undefined && /"waves"/.test(text)) {
      const message = 'The graph of waves cannot be read as JSON: tasks are done in the order they are written in.';
      this.#written.desk.diagnostics.report('SPEC_BLOCK_IGNORED', at, { message, hint: 'Correct the JSON.' });
    }
    return graph === undefined || graph === null || !this.#isAboutTasks(graph) ? [] : [{ graph, at, fence }];
  }

  /** JSON in a code block may be an example of anything. */
  #isAboutTasks({ waves, needs }: WaveGraph): boolean {
    return (
      waves.some(({ tasks }) => tasks.some((each) => this.#find(each) !== undefined)) ||
      needs.some(({ from, to }) => this.#find(from) !== undefined && this.#find(to) !== undefined)
    );
  }

  /** A task of two waves is done in the later one. */
  waves({ waves }: WaveGraph, at: SourceSpan): Wave[] {
    const listed = waves.map(({ title, tasks }) => ({ title, entries: tasks.flatMap((each) => this.#known(each, at) ?? []) }));
    const last = new Map(listed.flatMap(({ entries }, index) => entries.map((entry) => [entry, index] as const)));
    return listed.map(({ title, entries }, index): Wave => {
      const own = [...new Set(entries)].filter((entry) => last.get(entry) === index);
      for (const entry of own) partFromLater(entry, index, last);
      const steps = own.map((entry): Step => ({ ...stepWithout(entry, last), parallel: true }));
      const tasks = own.flatMap((entry) => [...unlistedLeaves(entry, last), entry]);
      return { title, tasks: [...new Set(tasks)].map(({ draft }) => draft), steps };
    });
  }

  needs({ needs }: WaveGraph, at: SourceSpan): EdgeDraft[] {
    return needs.flatMap(({ from, to }): EdgeDraft[] => {
      const [waiting, needed] = [this.#known(from, at), this.#known(to, at)];
      if (waiting === undefined || needed === undefined || waiting === needed) return [];
      return [explicitEdge({ from: waiting, to: needed }, at)];
    });
  }

  /** Arrows mostly lead from what comes first to what comes next; where most of them lead back, they mean "depends on". */
  arrows(): EdgeDraft[] {
    const { account, fences, rows } = this.#written;
    const found = arrowsIn(
      { source: account.source, fences, rows: rowsAboutOrder(rows) },
      (printed) => this.#find(printed)?.draft.key,
    );
    const order = new Map(this.#tree.entries.map((entry, index) => [entry.draft.key, index]));
    const nameOf = (key: string): string => this.#tree.entries[order.get(key) ?? -1]?.id ?? key;
    const backward = found.filter(({ before, after }) => (order.get(before) ?? 0) > (order.get(after) ?? 0)).length;
    const isReversed = backward * 2 > found.length;
    return found.map(({ before, after, line }: Arrow): EdgeDraft => {
      const [from, to] = isReversed ? [before, after] : [after, before];
      const because = `depends on ${nameOf(to)}`;
      return { from, to: { key: to }, kind: 'explicit', because, at: this.#span(line, line) };
    });
  }

  #known(printed: string, at: SourceSpan): TaskEntry | undefined {
    const found = this.#find(printed);
    if (found === undefined) {
      const message = `The graph names \`${printed.slice(0, 60)}\`, which is no task of this file.`;
      this.#written.desk.diagnostics.report('SPEC_DEPENDENCY_UNKNOWN', at, { message, hint: 'Correct the id, or remove it.' });
    }
    return found;
  }

  /** `1.1`, `T4`, `Task 2.1`, `3. Title`. */
  #find(printed: string): TaskEntry | undefined {
    const name = printed.trim().replace(ENDS, '');
    const number = NAMED.exec(name)?.[1];
    return (
      this.#tree.get(name) ??
      (number === undefined ? undefined : (this.#tree.get(number) ?? this.#tree.get(number.replaceAll('_', '.'))))
    );
  }

  #span(line: number, endLine: number): SourceSpan {
    return { file: this.#written.account.source.path, line, column: 1, endLine };
  }
}

function explicitEdge({ from, to }: { from: TaskEntry; to: TaskEntry }, at: SourceSpan): EdgeDraft {
  return {
    from: from.draft.key,
    to: { key: to.draft.key },
    kind: 'explicit',
    because: `depends on ${to.id ?? to.draft.name}`,
    at,
  };
}

/** What a later wave lists comes after the task it is part of, and can be no part of it then. */
function partFromLater(whole: TaskEntry, wave: number, listed: ReadonlyMap<TaskEntry, number>): void {
  const later = whole.parts.filter((part) => (listed.get(part) ?? wave) > wave);
  for (const part of later) {
    delete part.draft.parent;
    part.parent = undefined;
  }
  whole.parts = whole.parts.filter((part) => !later.includes(part));
}

/** A task with those of its parts that no wave lists for themselves. */
function stepWithout({ draft, parallel, parts }: TaskEntry, listed: ReadonlyMap<TaskEntry, number>): Step {
  const unlisted = parts.filter((part) => !listed.has(part));
  return { task: draft, parallel, parts: unlisted.map((part) => stepWithout(part, listed)) };
}

function unlistedLeaves({ parts }: TaskEntry, listed: ReadonlyMap<TaskEntry, number>): TaskEntry[] {
  return parts
    .filter((part) => !listed.has(part))
    .flatMap((part) => (part.parts.length === 0 ? [part] : unlistedLeaves(part, listed)));
}

/** Lines under a heading that speaks of dependencies. */
function rowsAboutOrder(rows: readonly Row[]): Row[] {
  let level = 0;
  return rows.filter(({ heading, block }) => {
    if (block !== undefined) return false;
    if (heading === undefined) return level > 0;
    if (says(heading.title, 'dependency')) level ||= heading.level;
    else if (heading.level <= level) level = 0;
    return false;
  });
}
