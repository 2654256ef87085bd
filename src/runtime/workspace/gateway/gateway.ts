import type { AgentEvent } from '../../policy/agent-event.ts';

/** The only way from an agent to a model: holds the key, meters, stops at the limit, records. Listens on loopback. */
export interface Gateway {
  /** `host:port` to let through the sandbox. */
  readonly address: string;
  open(pass: PassOptions): Pass;
  close(): Promise<void>;
}

/** Which wire the agent speaks: it decides the path below `baseUrl`. */
export type ModelDialect = 'openai' | 'anthropic' | 'gemini';

export interface PassOptions {
  /** Unique to the attempt: by it a recording finds its exchanges again. */
  agent: string;
  dialect: ModelDialect;
  /** The only model that is asked, whatever the agent asks for. */
  model: string;
  /** Energy units that may be spent; the exchange that would pass it is answered with 429 and nothing is sent. */
  energy: number;
  record: (event: AgentEvent) => Promise<void>;
  /** Absolute paths that are others each time, by the name that stands for them in a recording: `workspace`, `home`. */
  places?: Readonly<Record<string, string>>;
}

/** One agent's right to speak to one model, for as long as its attempt lasts. */
export interface Pass {
  baseUrl: string;
  /** What the agent sends as its API key: worth nothing elsewhere. */
  token: string;
  used(): { tokens: number; energy: number; money: number };
  close(): void;
}
