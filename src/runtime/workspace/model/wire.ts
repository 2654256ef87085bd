import type { AssistantTurn, ToolSpec, Turn } from './conversation.ts';

export type WireName = 'responses' | 'chat';

/** One dialect of OpenAI's API, spoken to one server. Keeps nothing between calls. Throws `ModelFault`. */
export interface Wire {
  readonly name: WireName;
  ask(question: Question, options: AskOptions): Promise<Answer>;
}

export interface Question {
  model: string;
  instructions: string;
  turns: readonly Turn[];
  tools: readonly ToolSpec[];
}

export interface AskOptions {
  signal: AbortSignal;
  /** Hears the answer as it is streamed. */
  hear?: (piece: Piece) => void;
}

export interface Piece {
  kind: 'text' | 'thought';
  text: string;
}

export interface Answer {
  turn: AssistantTurn;
  /** `length`: it was cut off, so that nothing of it may be acted on. */
  end: 'done' | 'length' | 'refused';
  /** As far as the server says. */
  usage?: TokenUsage;
}

export interface TokenUsage {
  input: number;
  output: number;
}
