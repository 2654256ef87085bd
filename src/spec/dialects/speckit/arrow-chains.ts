import { ARROW, type FoundId, idsIn, isIdList, printedIds } from '../../work/id-lists.ts';
import { TASK_ID } from './task-head.ts';

/** What stands one after the other: the ids of each stop. */
export type Chain = FoundId[][];

const SPACED = new RegExp(String.raw`\s(?:${ARROW.source})\s`);

/**
 * The chains of a line: `T003 → T004, T005` is one, `T003→T004, T005→T006` and `T003 → T004; T005 → T006` are two. `rest` says that some
 * arrow is none between tasks. Undefined if there is no arrow.
 */
export function arrowChains(text: string): { chains: Chain[]; rest: boolean } | undefined {
  if (!ARROW.test(text)) return undefined;
  const chains: Chain[] = [];
  let rest = false;
  for (const clause of clausesOf(text).filter((each) => ARROW.test(each))) {
    const parts = SPACED.test(clause) ? [clause] : atCommas(clause);
    for (const part of parts.filter((each) => ARROW.test(each))) {
      const chain = chainIn(part);
      if (chain === undefined) rest = true;
      else chains.push(chain);
    }
  }
  return { chains, rest };
}

/** The columns of a drawing, whose lines say several things side by side. */
export function columnsOf(line: string): string[] {
  return line.split(/(?<=[\p{L}\p{N})])[\t ]{2,}(?=T\d)/u);
}

/** `Sequential: T004` → `T004`. */
export function withoutLabel(line: string): string {
  const label = /^[\s#*-]{0,20}\p{L}[\p{L}\p{N} .&/-]{0,40}(?::\s|：)/u.exec(line)?.[0];
  return label === undefined || printedIds(label, TASK_ID).length > 0 ? line : line.slice(label.length);
}

/** What a line says one after the other; the cells of a row of a table, too. */
export function clausesOf(text: string): string[] {
  return text.split(/^\s*\|/.test(text) ? /[;；。|]|\.(?=\s|$)/ : /[;；。]|\.(?=\s|$)/);
}

/** Where arrows stand close to their ids, a comma ends a chain, but not inside of brackets. */
function atCommas(clause: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (const { 0: sign, index } of clause.matchAll(/[([{（]|[)\]}）]|,(?=\s)|[，、]/g)) {
    if (/[([{（]/.test(sign)) depth += 1;
    else if (/[)\]}）]/.test(sign)) depth = Math.max(0, depth - 1);
    else if (depth === 0) {
      parts.push(clause.slice(from, index));
      from = index + 1;
    }
  }
  return [...parts, clause.slice(from)];
}

function chainIn(part: string): Chain | undefined {
  const [first = '', ...others] = part.split(ARROW);
  const last = others.pop() ?? '';
  const stops = [afterLabel(first), ...others, last.replace(UNOPENED, '$1')].map(stopIn);
  return stops.every((stop) => stop !== undefined) ? stops : undefined;
}

/** `sequential) and more` after a chain in parentheses. */
const UNOPENED = /^([^()（）]*(?:[(（][^()（）]*[)）][^()（）]*)*)[)）].*$/s;

/** `Within US1: T006` and `T002 ‖ (T006` → ` T006`. */
function afterLabel(first: string): string {
  const open = /[(（][^)）]*$/.exec(first);
  const inner = open === null ? first : first.slice(open.index + 1);
  const rest = inner.slice(Math.max(inner.lastIndexOf(':'), inner.lastIndexOf('：')) + 1);
  return [rest, inner].find((each) => printedIds(each, TASK_ID).length > 0) ?? first;
}

/** The ids of a stop, if they stand together, whatever is said of them. */
function stopIn(stop: string): FoundId[] | undefined {
  const outside = stop.replace(/[(（][^()（）]*[)）]/g, ' ');
  const bare = printedIds(outside, TASK_ID).length > 0 ? outside : stop;
  const printed = printedIds(bare, TASK_ID);
  const [first] = printed;
  const last = printed.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return isIdList(bare.slice(first.at, last.at + last.id.length), TASK_ID) ? idsIn(bare, TASK_ID) : undefined;
}
