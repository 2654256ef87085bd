import type { Decision } from '../../policy/action.ts';
import type { ToolCall } from './conversation.ts';
import type { Plan } from './tools/tool.ts';
import type { Piece, TokenUsage } from './wire.ts';

/** What happens while a model works, as it happens. */
export type LoopEvent =
  | { kind: 'said'; piece: Piece }
  /** The call is understood and not decided yet. */
  | { kind: 'call'; call: ToolCall; plan: Plan }
  | { kind: 'refused'; call: ToolCall; plan: Plan; decision: Decision }
  | { kind: 'begun'; call: ToolCall }
  | { kind: 'ended'; call: ToolCall; text: string; failed: boolean }
  /** The call made no sense, so that nothing was planned. */
  | { kind: 'senseless'; call: ToolCall; reason: string }
  | { kind: 'usage'; usage: TokenUsage; total: TokenUsage }
  | { kind: 'waiting'; reason: string; ms: number }
  /** Older parts of the conversation were left out to make room. */
  | { kind: 'compacted'; turns: number };

/** How the work ended. `text`: the last words of the model. */
export type LoopEnd =
  | { end: 'done'; text: string }
  | { end: 'turns' | 'tokens' | 'refused' | 'cancelled' }
  | { end: 'failed'; reason: string };
