import { askPatiently, type Pace } from './ask-patiently.ts';
import { compact } from './compact.ts';
import type { ToolCall, ToolTurn, Turn } from './conversation.ts';
import type { LoopEnd } from './loop-event.ts';
import { ModelFault } from './model-fault.ts';
import { type CallOptions, performCall } from './perform-call.ts';
import { type Repetition, watchRepetition } from './repetition.ts';
import type { Answer, TokenUsage, Wire } from './wire.ts';

export interface LoopOptions extends CallOptions {
  wire: Wire;
  model: string;
  instructions: string;
  limits: LoopLimits;
  pace: Pace;
}

export interface LoopLimits {
  /** Answers of the model. */
  turns: number;
  /** Tokens in and out, as far as the server says. */
  tokens: number;
}

/** Answers in a row that were cut off at the token limit before the work is given up. */
const MOST_CUT_OFF = 3;

/**
 * Lets a model work with its tools until it says that it is done, or may not go on. Goes on with `turns`, to which it adds. The server keeps nothing: every
 * question carries the whole conversation. Throws nothing that a server, a model or a tool can cause.
 */
export async function runLoop(turns: Turn[], options: LoopOptions): Promise<LoopEnd> {
  const state: LoopState = { turns, total: { input: 0, output: 0 }, cutOff: 0, repetition: watchRepetition() };
  try {
    for (let turn = 0; turn < options.limits.turns; turn++) {
      if (state.total.input + state.total.output >= options.limits.tokens) return { end: 'tokens' };
      const end = await takeTurn(state, options);
      if (end !== undefined) return end;
    }
    return { end: 'turns' };
  } catch (error) {
    if (options.bench.signal.aborted) return { end: 'cancelled' };
    if (error instanceof ModelFault) return { end: 'failed', reason: error.message };
    throw error;
  }
}

interface LoopState {
  turns: Turn[];
  total: TokenUsage;
  /** Answers in a row that were cut off. */
  cutOff: number;
  repetition: Repetition;
}

async function takeTurn(state: LoopState, options: LoopOptions): Promise<LoopEnd | undefined> {
  const answer = await askWithin(state, options);
  await count(answer, state, options);
  if (answer.end === 'refused') return { end: 'refused' };
  if (answer.end === 'length') return cutOff(answer, state);
  state.cutOff = 0;
  state.turns.push(harmless(answer.turn));
  if (answer.turn.calls.length === 0) return { end: 'done', text: answer.turn.text };
  return callAll(answer.turn.calls, state, options);
}

/** Asks, and makes room when the server says that the conversation is too long. */
async function askWithin(
  state: LoopState,
  { wire, model, instructions, tools, pace, bench, hear }: LoopOptions,
): Promise<Answer> {
  for (;;) {
    try {
      return await askPatiently(
        wire,
        { model, instructions, turns: state.turns, tools: tools.map(({ spec }) => spec) },
        {
          signal: bench.signal,
          pace,
          hear: (piece) => void hear({ kind: 'said', piece }),
          waiting: (fault, ms) => void hear({ kind: 'waiting', reason: fault.message, ms }),
        },
      );
    } catch (error) {
      if (!(error instanceof ModelFault) || error.kind !== 'context') throw error;
      const shorter = compact(state.turns);
      if (shorter === undefined)
        throw new ModelFault('request', `The task does not fit into the model's context: ${error.message}`);
      await hear({ kind: 'compacted', turns: state.turns.length - shorter.length });
      state.turns.splice(0, Infinity, ...shorter);
    }
  }
}

async function count({ usage }: Answer, { total }: LoopState, { hear }: LoopOptions): Promise<void> {
  if (usage === undefined) return;
  total.input += usage.input;
  total.output += usage.output;
  await hear({ kind: 'usage', usage, total: { ...total } });
}

/** Nothing of an answer that was cut off is acted on, not even calls that look whole. */
function cutOff({ turn }: Answer, state: LoopState): LoopEnd | undefined {
  state.cutOff += 1;
  if (state.cutOff === MOST_CUT_OFF)
    return { end: 'failed', reason: `${MOST_CUT_OFF} answers in a row reached the token limit of the model.` };
  if (turn.text !== '') state.turns.push({ role: 'assistant', text: turn.text, calls: [] });
  const lost = turn.calls.length > 0 ? ' in the middle of a call; nothing was executed' : '';
  state.turns.push({
    role: 'user',
    text: `[Your answer reached the token limit${lost}. Go on in smaller steps: write long files in parts.]`,
  });
  return undefined;
}

/** Arguments that are no JSON break servers when they get them back, so they go back empty; the tool's answer says what was wrong. */
function harmless(turn: Answer['turn']): Answer['turn'] {
  if (turn.calls.every((call) => argumentsOf(call) !== undefined)) return turn;
  const { verbatim: _dropped, ...rest } = turn;
  return { ...rest, calls: turn.calls.map((call) => (argumentsOf(call) === undefined ? { ...call, arguments: '{}' } : call)) };
}

function argumentsOf(call: ToolCall): unknown {
  try {
    return JSON.parse(call.arguments || '{}');
  } catch {
    return undefined;
  }
}

async function callAll(calls: readonly ToolCall[], state: LoopState, options: LoopOptions): Promise<LoopEnd | undefined> {
  for (const call of calls) {
    options.bench.signal.throwIfAborted();
    const { text, changed } = await performCall(call, argumentsOf(call), options);
    const repeated = state.repetition.add(call, text, changed);
    const turn: ToolTurn = { role: 'tool', call: call.id, text: repeated === 'noticed' ? `${text}\n${NOTICE}` : text };
    state.turns.push(turn);
    if (repeated === 'hopeless')
      return {
        end: 'failed',
        reason: `The model goes in circles: it calls \`${call.name}\` with the same arguments again and again.`,
      };
  }
  return undefined;
}

const NOTICE = '[You have made this very call before, with this very result. Do something else, or end with what you have.]';
