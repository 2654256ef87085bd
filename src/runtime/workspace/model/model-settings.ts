import { NexusError } from '../../../base/errors.ts';
import type { WireName } from './wire.ts';

/** Which model the agent works with, and where. */
export interface ModelSettings {
  model: string;
  /** As far as `/v1`, or whatever the server has before `/responses`. */
  baseUrl: string;
  key: string | undefined;
  /** Without it the first question finds it out. */
  wire: WireName | undefined;
  idleMs: number;
}

const OPENAI = 'https://api.openai.com/v1';

const IDLE_SECONDS = 300;

/** Variables by which the agent's process is told. They are kept from what the model runs. */
export const MODEL_VARIABLES = [
  'AGENTNEXUS_MODEL',
  'AGENTNEXUS_MODEL_URL',
  'AGENTNEXUS_MODEL_KEY',
  'AGENTNEXUS_MODEL_WIRE',
  'AGENTNEXUS_MODEL_IDLE_SECONDS',
] as const;

/** Reads `AGENTNEXUS_MODEL…`. No model is ever assumed: which there are changes every few months. Throws `AGENT_UNAVAILABLE`, `CONFIG_INVALID`. */
export function readModelSettings(env: Readonly<Record<string, string | undefined>>): ModelSettings {
  const model = env['AGENTNEXUS_MODEL'];
  if (!model) {
    throw new NexusError('AGENT_UNAVAILABLE', 'The `model` agent is not told which model to use.', {
      hint: 'Set AGENTNEXUS_MODEL, and AGENTNEXUS_MODEL_URL for another server than OpenAI: docs/models.md.',
    });
  }
  return {
    model,
    baseUrl: readUrl(env['AGENTNEXUS_MODEL_URL'] || OPENAI),
    key: env['AGENTNEXUS_MODEL_KEY'] || undefined,
    wire: readWire(env['AGENTNEXUS_MODEL_WIRE'] || undefined),
    idleMs: (Number(env['AGENTNEXUS_MODEL_IDLE_SECONDS']) || IDLE_SECONDS) * 1000,
  };
}

function readUrl(text: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '') return text.replace(/\/+$/, '');
  throw new NexusError('CONFIG_INVALID', 'AGENTNEXUS_MODEL_URL is no address of a model server.', {
    hint: 'Write it as http(s)://HOST[:PORT]/v1, without a user, a password or a query.',
  });
}

function readWire(text: string | undefined): WireName | undefined {
  if (text === undefined || text === 'responses' || text === 'chat') return text;
  throw new NexusError('CONFIG_INVALID', 'AGENTNEXUS_MODEL_WIRE is neither `responses` nor `chat`.', {
    hint: 'Leave it out: the first question finds out what the server speaks.',
  });
}
