/** What the scripted model answers to one request. */
export interface Reply {
  text?: string;
  /** Reasoning that goes before the answer, where the dialect has it. */
  thought?: string;
  calls?: readonly ToolCall[];
  /** `null`: the server does not say. */
  usage?: { input: number; output: number } | null;
  /** Served first, one for each request, before the answer itself. */
  faults?: readonly Fault[];
}

export interface ToolCall {
  name: string;
  /** An object, or the raw text of the arguments. */
  arguments: object | string;
}

export type Fault =
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: unknown }
  /** The connection breaks in the middle of the answer. */
  | { kind: 'cut' }
  /** The stream ends politely, but before the event that ends an answer. */
  | { kind: 'unfinished' }
  /** The answer reaches the token limit in the middle of the arguments of a call. */
  | { kind: 'truncated' }
  | { kind: 'garbage' }
  /** One frame every so often. */
  | { kind: 'drip'; everyMs: number }
  /** Headers, a first frame, and then nothing. */
  | { kind: 'hang' };

/** One frame of a stream: its event name, where the dialect has them, and its data. */
export interface Frame {
  event?: string;
  data: unknown;
}

/** A reply in the words of one dialect. */
export interface Spoken {
  plain: unknown;
  frames: readonly Frame[];
  /** How many of the last frames end the answer: what an unfinished stream leaves out. */
  endings: number;
  /** Whether `data: [DONE]` goes last. */
  done: boolean;
}

/** What is known when a reply is put into words. */
export interface Asked {
  model: string;
  /** Number of the request, from 1: ids are made of it. */
  request: number;
  truncated: boolean;
}

export function argumentsText({ arguments: given }: ToolCall, truncated: boolean): string {
  const text = typeof given === 'string' ? given : JSON.stringify(given);
  return truncated ? text.slice(0, Math.ceil(text.length / 2)) : text;
}

/** A text in pieces, as models stream it. */
export function pieces(text: string): string[] {
  return text.match(/[\s\S]{1,12}/g) ?? [];
}
