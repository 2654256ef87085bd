import type { ModelDialect } from './gateway.ts';

/** One path that is let through. */
export interface Route {
  name: 'responses' | 'chat' | 'embeddings' | 'models' | 'messages' | 'generate' | 'stream-generate';
  method: 'GET' | 'POST';
  /** Below the base URL of the server, for the model that is allowed. */
  upstream: (model: string) => string;
}

const post = (name: Route['name'], path: string): Route => ({ name, method: 'POST', upstream: () => path });

const OPENAI: Readonly<Record<string, Route>> = {
  '/v1/responses': post('responses', '/responses'),
  '/v1/chat/completions': post('chat', '/chat/completions'),
  '/v1/embeddings': post('embeddings', '/embeddings'),
  '/v1/models': { name: 'models', method: 'GET', upstream: () => '/models' },
};

const ANTHROPIC: Readonly<Record<string, Route>> = { '/v1/messages': post('messages', '/v1/messages') };

const GEMINI = /^\/v1(?:beta|alpha)?\/models\/[\w.-]+:(generateContent|streamGenerateContent)$/;

/** The route of a path, character by character: what is written in any other way is none. */
export function routeOf(dialect: ModelDialect, path: string): Route | undefined {
  if (dialect === 'openai') return Object.hasOwn(OPENAI, path) ? OPENAI[path] : undefined;
  if (dialect === 'anthropic') return Object.hasOwn(ANTHROPIC, path) ? ANTHROPIC[path] : undefined;
  const action = GEMINI.exec(path)?.[1];
  if (action === undefined) return undefined;
  const stream = action === 'streamGenerateContent';
  return {
    name: stream ? 'stream-generate' : 'generate',
    method: 'POST',
    upstream: (model) => `/v1beta/models/${encodeURIComponent(model)}:${action}${stream ? '?alt=sse' : ''}`,
  };
}

/** What comes after the gateway's address in the base URL that an agent is given. */
export const BASE_PATHS: Readonly<Record<ModelDialect, string>> = { openai: '/v1', anthropic: '', gemini: '' };
