import type { DiagnosticList } from '../../diagnostic-list.ts';
import type { LineAccount } from '../../line-account.ts';
import type { Lines, Verbatim } from '../../markdown/block.ts';
import { type Passage, placeIn, plainText } from '../../markdown/passage.ts';
import type { SourceSpan } from '../../model.ts';
import { lineText, type Place } from '../../source-text.ts';
import { ARROW, type FoundId, idsIn, isIdList } from '../../work/id-lists.ts';
import type { EdgeDraft, WorkDraft } from '../../work/work-draft.ts';
import { arrowChains, type Chain, clausesOf, columnsOf, withoutLabel } from './arrow-chains.ts';
import { reportOrderProse } from '../../work/order-prose.ts';
import { beginsWithOrder, inlineDependencies, speaksOfOrder, spread, statedPair } from './stated-order.ts';
import { TASK_ID } from './task-head.ts';

/** One thing after another, as printed. */
interface Stated {
  /** Key of the task that waits, or its id as printed. */
  from: { key: string } | { printed: string };
  to: string;
  at: SourceSpan;
}

/** More pairs than these in one line are no statement about tasks. */
const MAX_PAIRS = 2000;
const MAX_TEXT = 2000;

/**
 * Collects the dependencies that `tasks.md` states by ids: `(depends on T012, T013)` at a task; arrows and `T005 depends on T003` in
 * the section about dependencies. Sentences are counted and reported; they make no edges.
 */
export class DependencyReader {
  readonly #account: LineAccount;
  readonly #diagnostics: DiagnosticList;
  readonly #stated: Stated[] = [];
  readonly #chains: { stops: Chain; at: SourceSpan }[] = [];
  readonly #prose: Place[] = [];

  constructor(account: LineAccount, diagnostics: DiagnosticList) {
    this.#account = account;
    this.#diagnostics = diagnostics;
  }

  /** The text of a task itself. */
  readTask(task: WorkDraft, text: string, at: SourceSpan): void {
    const { ids, prose } = inlineDependencies(text.slice(0, MAX_TEXT));
    for (const { id } of ids) if (id !== task.sourceId) this.#stated.push({ from: { key: task.key }, to: id, at });
    if (prose) this.#prose.push(at);
  }

  /** A bullet under a task: `Depends on: T012`. */
  readDetail(task: WorkDraft, head: Passage): void {
    this.#readLabelled(task, head.text, placeIn(head));
  }

  /** Lines under the heading of a task: `**Depends on**: T012`. */
  readBody(task: WorkDraft, { line, endLine }: Lines): void {
    for (let at = line; at <= endLine; at++)
      this.#readLabelled(task, lineText(this.#account.source, at), { file: this.#account.source.path, line: at, column: 1 });
  }

  #readLabelled(task: WorkDraft, written: string, place: Place): void {
    const text = plainText(written.slice(0, MAX_TEXT));
    if (!beginsWithOrder(text) || idsIn(text, TASK_ID).length === 0) return;
    this.readTask(task, `(${text.replaceAll(/[()（）]/g, ' ')})`, { ...place, endLine: place.line });
  }

  /** A paragraph of the section about dependencies; each line speaks for itself. */
  readLines({ line, endLine }: Lines): void {
    for (let at = line; at <= endLine; at++) {
      const text = lineText(this.#account.source, at);
      this.readText(text, { file: this.#account.source.path, line: at, column: 1 });
    }
  }

  /** A line of the section about dependencies. */
  readText(written: string, place: Place): void {
    const text = plainText(written.slice(0, MAX_TEXT)).replaceAll('`', '');
    const at = { ...place, endLine: place.line };
    const arrows = arrowChains(text);
    for (const stops of arrows?.chains ?? []) this.#chain(stops, at);
    if (arrows?.rest === false && arrows.chains.length > 0) return;
    const left = clausesOf(text).filter((clause) => !this.#readClause(clause, at));
    const isPlain = left.every((clause) => idsIn(clause, TASK_ID).length === 0 && !speaksOfOrder(clause));
    if (!isPlain) this.#prose.push(place);
  }

  /** `T005 depends on T003`; whether the clause is such a one. */
  #readClause(clause: string, at: SourceSpan): boolean {
    const pair = arrowChains(clause) === undefined ? statedPair(clause) : undefined;
    if (pair !== undefined) this.#pairs(pair.after, pair.before, at);
    return pair !== undefined;
  }

  /** A diagram: lines that are nothing but ids and arrows count. */
  readVerbatim(block: Verbatim): void {
    if (block.type !== 'fence') return;
    for (let line = block.line + 1; line < block.endLine; line++) {
      const text = lineText(this.#account.source, line).slice(0, MAX_TEXT);
      const bare = text.replaceAll(/\[[^\]]*\]|\([^)]*\)|（[^）]*）|\{[^}]*\}|\|[^|]*\|/g, ' ');
      const at = { file: this.#account.source.path, line, column: 1, endLine: line };
      for (const column of columnsOf(bare)) this.#readColumn(column, at);
    }
  }

  #readColumn(column: string, at: SourceSpan): void {
    const arrows = arrowChains(column);
    if (arrows === undefined) this.#readDrawn(column, at);
    else if (
      !arrows.rest &&
      withoutLabel(column)
        .split(ARROW)
        .every((stop) => isIdList(stop, TASK_ID))
    )
      for (const stops of arrows.chains) this.#chain(stops, at);
    else if (idsIn(column, TASK_ID).length > 0) this.#prose.push(at);
  }

  /** `T011 ← depends on T010` in a drawing. */
  #readDrawn(text: string, at: SourceSpan): void {
    if (!speaksOfOrder(text) || idsIn(text, TASK_ID).length === 0) return;
    const pair = statedPair(text.replaceAll(DRAWING, ' '));
    if (pair === undefined) this.#prose.push(at);
    else this.#pairs(pair.after, pair.before, at);
  }

  /** Stops that share a task say nothing of its place: `T020-T027 → T023-T029`. */
  #chain(stops: Chain, at: SourceSpan): void {
    const isTangled = stops.some((stop, index) =>
      stop.some(({ id }) => stops[index + 1]?.some((other) => other.id === id) === true),
    );
    if (isTangled) this.#prose.push(at);
    else this.#chains.push({ stops, at });
  }

  /** Arrows that lead back to earlier tasks mean "depends on", where most arrows of a file or all of several on a line do so. */
  #pairChains(positions: ReadonlyMap<string, number>): void {
    const lines = [...Map.groupBy(this.#chains, ({ at }) => at.line).values()].map((chains) => {
      const steps = chains.flatMap(({ stops }) => stops.slice(1).map((stop, index) => leadsBack(stops[index], stop, positions)));
      return { chains, back: steps.filter(Boolean).length, on: steps.filter((each) => !each).length };
    });
    const isBackward = lines.reduce((sum, { back, on }) => sum + back - on, 0) > 0;
    for (const { chains, back, on } of lines) {
      const turned = back > on && (isBackward || (on === 0 && back > 1));
      for (const { stops, at } of chains)
        for (const [before, after] of neighbours(turned ? stops.toReversed() : stops)) this.#pairs(after, before, at);
    }
  }

  #pairs(after: readonly FoundId[], before: readonly FoundId[], at: SourceSpan): void {
    if (after.length * before.length > MAX_PAIRS) return void this.#prose.push(at);
    for (const { id: printed } of after)
      for (const { id: to } of before) if (printed !== to) this.#stated.push({ from: { printed }, to, at });
  }

  /** The edges, once all tasks are known; reports what was only said in words. */
  edges(tasks: readonly WorkDraft[]): EdgeDraft[] {
    this.#pairChains(new Map(tasks.map(({ sourceId }, index) => [sourceId ?? '', index])));
    this.#reportProse();
    const byId = new Map<string, string>();
    for (const { sourceId, key } of tasks) if (sourceId !== undefined && !byId.has(sourceId)) byId.set(sourceId, key);
    return this.#stated.flatMap(({ from, to, at }) => {
      const keys = 'key' in from ? [from.key] : this.#keysOf(from.printed, byId, at);
      const targets = byId.has(to) ? [to] : spread(to, byId);
      return keys.flatMap((key) =>
        targets.map((printed): EdgeDraft => ({
          from: key,
          to: { printed, at },
          kind: 'explicit',
          because: `depends on ${printed}`,
          at,
        })),
      );
    });
  }

  #keysOf(printed: string, byId: ReadonlyMap<string, string>, at: SourceSpan): string[] {
    const keys = spread(printed, byId).flatMap((id) => byId.get(id) ?? []);
    if (keys.length > 0) return keys;
    const message = `The dependencies speak of \`${printed}\`, which is no task of this file.`;
    this.#diagnostics.report('SPEC_DEPENDENCY_UNKNOWN', at, { message, hint: 'Correct the id, or remove it.' });
    return [];
  }

  #reportProse(): void {
    const hint = 'Phases and the order of tasks count. Write `(depends on T012)` at a task for more.';
    reportOrderProse(this.#prose, this.#diagnostics, hint);
  }
}

/** Whether a stop comes earlier in the file than the one before it. */
function leadsBack(before: Chain[number] | undefined, after: Chain[number], positions: ReadonlyMap<string, number>): boolean {
  const placeOf = (stop: Chain[number] | undefined): number => positions.get(stop?.[0]?.id ?? '') ?? -1;
  return placeOf(after) !== -1 && placeOf(after) < placeOf(before);
}

function neighbours(stops: Chain): [Chain[number], Chain[number]][] {
  return stops.slice(1).map((stop, index) => [stops[index] ?? [], stop]);
}

const DRAWING = /[\u{2500}-\u{257F}←◄▲▼↑↓<>|-]+/gu;
