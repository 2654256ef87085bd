/** What one energy unit stands for: docs/capability-profiles.md. */
const TOKENS = 1_000;
const SECONDS = 60;
const TOOL_CALLS = 10;

export interface Effort {
  /** Of models, in and out. */
  tokens?: number;
  /** Of work; waiting for people is none. */
  seconds?: number;
  toolCalls?: number;
}

/** Energy units that an effort is worth. The only place that converts. */
export function energyOf({ tokens = 0, seconds = 0, toolCalls = 0 }: Effort): number {
  return tokens / TOKENS + seconds / SECONDS + toolCalls / TOOL_CALLS;
}
