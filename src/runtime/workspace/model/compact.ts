import type { Turn } from './conversation.ts';

/** Turns at the end that are never touched: what the model is busy with. */
const KEPT = 6;

/** Characters of an older tool's answer that stay. */
const STUB = 200;

/**
 * The conversation with less in it, or undefined if nothing can go. First the long answers of older tools are cut; when that is done, the older half of the
 * exchanges goes, and a line says so. The task itself, which is the first turn, stays, and no answer is parted from its call.
 */
export function compact(turns: readonly Turn[]): Turn[] | undefined {
  return withStubs(turns) ?? withoutOlder(turns);
}

function withStubs(turns: readonly Turn[]): Turn[] | undefined {
  const recent = turns.length - KEPT;
  const long = (turn: Turn, index: number) => turn.role === 'tool' && index < recent && turn.text.length > STUB * 2;
  if (!turns.some(long)) return undefined;
  return turns.map((turn, index) => (long(turn, index) ? { ...turn, text: stub(turn) } : turn));
}

function stub({ text }: Turn): string {
  return `${text.slice(0, STUB)}\n[… left out to make room; call the tool again if it matters]`;
}

function withoutOlder(turns: readonly Turn[]): Turn[] | undefined {
  const [task, ...rest] = turns;
  if (task === undefined) return undefined;
  const from = cutAt(rest, Math.max(Math.ceil(rest.length / 2), rest.length - KEPT * 4));
  if (from === undefined) return undefined;
  return [task, { role: 'user', text: summaryOf(rest.slice(0, from)) }, ...rest.slice(from)];
}

/** The first turn from `at` on that a conversation can go on with: not an answer whose call is gone. */
function cutAt(turns: readonly Turn[], at: number): number | undefined {
  for (let index = at; index < turns.length; index++)
    if (turns[index]?.role === 'assistant') return index > 0 ? index : undefined;
  return undefined;
}

/** What was done, without what came of it: the files tell that. */
function summaryOf(turns: readonly Turn[]): string {
  const calls = turns.flatMap((turn) => (turn.role === 'assistant' ? turn.calls : []));
  const lines = calls.slice(-40).map(({ name, arguments: args }) => `- ${name} ${args.slice(0, 100)}`);
  return `[Older parts of this conversation were left out to make room. What you did in them:]\n${lines.join('\n') || '(nothing)'}`;
}
