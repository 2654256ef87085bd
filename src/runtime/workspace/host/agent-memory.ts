import type { Action, Decision } from '../../policy/action.ts';
import type { Brief } from '../agent.ts';
import type { NoteUse } from '../memory/memory-tools.ts';
import type { MemoryPass } from '../memory/memory-server.ts';
import type { Terms } from './terms.ts';

/** Who wants to use the memory, and how far that goes. */
export interface MemoryAttempt {
  /** Name of the agent: whoever reads an entry later is told. */
  agent: string;
  brief: Pick<Brief, 'mission' | 'task' | 'attempt'>;
  terms: Pick<Terms, 'memory' | 'decide'>;
  /** Writes a decision down, before it is acted on. */
  record: (action: Action, decision: Decision) => Promise<void>;
  /** Writes down what the memory was asked, and what it said. */
  note: NoteUse;
}

/** The memory as one attempt has it. */
export interface AgentMemory {
  pass: MemoryPass;
  /** `host:port` to let through the sandbox. */
  address: string;
  scopes: { read: readonly string[]; write: readonly string[] };
}
