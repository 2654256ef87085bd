import { isJsonObject } from '../../../base/json.ts';
import type { ToolCall } from './conversation.ts';
import type { Action, Decision } from '../../policy/action.ts';
import type { LoopEvent } from './loop-event.ts';
import { type Bench, type Plan, type Tool, ToolError } from './tools/tool.ts';

export interface Performed {
  /** What the model is told. */
  text: string;
  /** A file was changed. */
  changed: boolean;
}

export interface CallOptions {
  /** What the model may call; nothing else is offered. */
  tools: readonly Tool[];
  bench: Bench;
  /** Asked before each call; only `allow` lets it run. */
  decide: (action: Action, call: ToolCall, plan: Plan) => Promise<Decision>;
  hear: (event: LoopEvent) => void | Promise<void>;
}

/** One call: understood, decided, done, each told as it happens. What goes wrong goes back to the model. */
export async function performCall(call: ToolCall, args: unknown, options: CallOptions): Promise<Performed> {
  const plan = planOf(call, args, options);
  if (typeof plan === 'string') {
    await options.hear({ kind: 'senseless', call, reason: plan });
    return told(`Error: ${plan}`);
  }
  await options.hear({ kind: 'call', call, plan });
  const decision = await options.decide(plan.action, call, plan);
  if (decision.verdict !== 'allow') {
    await options.hear({ kind: 'refused', call, plan, decision });
    return told(`Refused: this is not allowed here (${decision.rule}). Nothing was done.`);
  }
  return perform(plan, call, options);
}

async function perform(plan: Plan, call: ToolCall, { bench, hear }: CallOptions): Promise<Performed> {
  await hear({ kind: 'begun', call });
  try {
    const text = await plan.perform(bench);
    await hear({ kind: 'ended', call, text, failed: false });
    return { text, changed: plan.change !== undefined };
  } catch (error) {
    bench.signal.throwIfAborted();
    if (!(error instanceof ToolError)) throw error;
    await hear({ kind: 'ended', call, text: error.message, failed: true });
    return told(`Error: ${error.message}`);
  }
}

/** The plan, or why there is none. */
function planOf({ name, arguments: text }: ToolCall, args: unknown, { tools, bench }: CallOptions): Plan | string {
  const tool = tools.find(({ spec }) => spec.name === name);
  if (tool === undefined)
    return `There is no tool \`${name}\`. There are: ${tools.map(({ spec }) => spec.name).join(', ') || 'none'}.`;
  if (args === undefined) return `The arguments are no whole JSON (${text.length} characters came); nothing was executed.`;
  if (!isJsonObject(args)) return 'The arguments must be a JSON object.';
  try {
    return tool.plan(args, bench.root);
  } catch (error) {
    if (error instanceof ToolError) return error.message;
    throw error;
  }
}

function told(text: string): Performed {
  return { text, changed: false };
}
