import type { Verbatim } from '../../markdown/block.ts';
import { lineText, type SourceText } from '../../source-text.ts';
import type { Row } from './rows.ts';

/** `before --> after`, as keys of tasks. */
export interface Arrow {
  before: string;
  after: string;
  line: number;
}

interface Places {
  source: SourceText;
  fences: readonly Verbatim[];
  /** Lines that speak of order. */
  rows: readonly Row[];
}

const GRAPH_LANGUAGES = new Set(['', 'text', 'txt', 'mermaid', 'plaintext', 'dot', 'graphviz']);
const ARROW = /\s{0,20}(?:-{1,3}(?:\|[^|]{0,60}\|)?>|={1,2}>|-\.{1,3}->|→|➔|➜|⇒|⟶|──?>|──?▶)\s{0,20}/;
const NODE =
  /^[\s*`"']{0,5}((?:(?:task|t\u00e2che|tarea|tarefa|aufgabe|g\u00f6rev)\s{1,3})?[\p{L}\p{N}][\p{L}\p{N}._-]{0,40})\s{0,4}(?:[[({]{1,3}["'`]?([^\])}"'`]{0,200})["'`]?[\])}]{1,3})?[\s*`"';.]{0,5}$/iu;
const MAX_LINE = 2000;

/** Arrows between tasks; a line counts only where it is nothing but names of tasks and arrows. */
export function arrowsIn({ source, fences, rows }: Places, find: (printed: string) => string | undefined): Arrow[] {
  const lines = fences
    .filter(({ language }) => GRAPH_LANGUAGES.has(language))
    .flatMap((fence) => linesBetween(fence.line + 1, fence.endLine));
  const written = [
    ...lines.map((line) => ({ line, text: lineText(source, line) })),
    ...rows.map(({ line, text }) => ({ line, text: text.replace(/^[-*+]\s+/, '') })),
  ];
  const chains = new Chains(find);
  return written.flatMap(({ line, text }) =>
    chains.pairsIn(text, line).flatMap(([before, after]) => (before === after ? [] : [{ before, after, line }])),
  );
}

function linesBetween(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

/** Reads lines one after the other: a line that begins with an arrow goes on with the line before it. */
class Chains {
  readonly #find: (printed: string) => string | undefined;
  /** Tasks by the names of nodes. */
  readonly #nodes = new Map<string, string>();
  #last: { line: number; stop: string[] } | undefined;

  constructor(find: (printed: string) => string | undefined) {
    this.#find = find;
  }

  /** Pairs of neighbours in `T1 --> T2 & T3 --> T4`; none if anything in it is no task. */
  pairsIn(text: string, line: number): [string, string][] {
    if (text.length > MAX_LINE || text.trim() === '') return [];
    const [first = '', ...rest] = text.split(ARROW);
    const goesOn = first.trim() === '' && this.#last?.line === line - 1;
    const stops = [...(goesOn ? [this.#last?.stop] : [this.#tasksIn(first)]), ...rest.map((stop) => this.#tasksIn(stop))];
    const stop = stops.at(-1);
    // Further arrows from the same stop may follow.
    this.#last = stop === undefined ? undefined : { line, stop: goesOn ? (stops[0] ?? stop) : stop };
    if (stops.includes(undefined)) return [];
    return stops
      .slice(1)
      .flatMap((after, index) =>
        (after ?? []).flatMap((each) => (stops[index] ?? []).map((before): [string, string] => [before, each])),
      );
  }

  /** The tasks of one stop; undefined if one of its nodes is none. */
  #tasksIn(stop: string): string[] | undefined {
    const tasks = stop.split(/\s[&+]\s|,\s(?![^([{]{0,200}[)\]}])/).map((node) => this.#taskOf(node));
    return tasks.includes(undefined) ? undefined : tasks.filter((task) => task !== undefined);
  }

  /** A node by its label (`A[1.1 Setup]`, also where it was given before), else by its name. */
  #taskOf(node: string): string | undefined {
    const [, name, label] = NODE.exec(node.slice(0, 400)) ?? [];
    if (name === undefined) return undefined;
    const byLabel = label === undefined || name.includes(' ') ? undefined : this.#find(label);
    const found = byLabel ?? this.#nodes.get(name) ?? this.#find(name);
    if (found !== undefined) this.#nodes.set(name, found);
    return found;
  }
}
