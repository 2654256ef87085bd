import type { ModelDialect } from './gateway.ts';

/** Why the gateway does not do what it is asked; it answers in the words of the agent's dialect. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function refusalBody(dialect: ModelDialect, { status, code, message }: Refusal): string {
  if (dialect === 'anthropic') return JSON.stringify({ type: 'error', error: { type: code, message } });
  if (dialect === 'gemini') return JSON.stringify({ error: { code: status, message, status: code.toUpperCase() } });
  return JSON.stringify({ error: { message, type: 'agentnexus_gateway', code, param: null } });
}
