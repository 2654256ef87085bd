import type { ConfinedProcess } from '../sandbox/sandbox.ts';
import type { Usage } from '../usage.ts';
import type { AgentMemory } from './agent-memory.ts';
import type { Docket } from './docket.ts';

/** What one agent is to do, however it is spoken with. */
export interface Turn {
  /** What it is told, as Markdown. */
  told: string;
  /** The folder it works in, absolute and real. */
  folder: string;
  /** Names of the tools for what its profile lets it do. */
  tools: readonly string[];
  docket: Docket;
  /** Takes secrets out of what is written down. */
  redact: (text: string) => string;
  /** The memory, as far as it may be used. */
  memory?: AgentMemory | undefined;
  signal: AbortSignal;
}

/** How a turn came out: what the agent says of itself. What it has left is looked at by the host. */
export type TurnEnd = ({ end: 'done' } | { end: 'failed'; reason: string }) & {
  usage?: Usage;
  /** What was said in it. */
  transcript?: string;
};

/** Characters of an agent's last words that go into the reason of a failure. */
const MAX_WORDS = 2_000;

/** What a process said last, behind a colon; empty if nothing. Secrets go before it is cut: half of one would be found by nobody. */
export function lastWords(words: string, redact: (text: string) => string): string {
  const text = redact(words.trim()).slice(-MAX_WORDS);
  return text === '' ? '.' : `: ${text}`;
}

/** Why a process is no longer there, for people. */
export async function endOf(confined: ConfinedProcess): Promise<{ ok: boolean; how: string }> {
  const { ended, code, signal } = await confined.ended;
  switch (ended) {
    case 'exited':
      return { ok: code === 0, how: `ended with ${code}` };
    case 'timeout':
      return { ok: false, how: 'took longer than it may' };
    case 'disk':
      return { ok: false, how: 'wrote more than it may' };
    case 'memory':
      return { ok: false, how: 'took more memory than it may' };
    case 'aborted':
      return { ok: false, how: 'was stopped' };
    default:
      return { ok: false, how: `was ended by ${signal ?? 'a signal'}` };
  }
}
