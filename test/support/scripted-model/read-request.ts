export type Dialect = 'responses' | 'chat' | 'anthropic' | 'gemini';

/** A request to the scripted model, as it arrived. */
export interface SeenRequest {
  method: string;
  /** With the query. */
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: Record<string, unknown>;
  /** Everything after the head, as it came. */
  text: string;
}

export function dialectOf(path: string): Dialect | undefined {
  const [bare = ''] = path.split('?');
  if (bare.endsWith('/responses')) return 'responses';
  if (bare.endsWith('/chat/completions')) return 'chat';
  if (bare.endsWith('/messages')) return 'anthropic';
  return /:(streamG|g)enerateContent$/.test(bare) ? 'gemini' : undefined;
}

export function wantsStream({ path, body }: SeenRequest): boolean {
  return path.includes(':streamGenerateContent') || body['stream'] === true;
}

export function modelOf({ path, body }: SeenRequest): string {
  return /\/models\/([^/:]+):/.exec(path)?.[1] ?? (typeof body['model'] === 'string' ? body['model'] : 'scripted');
}

/** How many results of tools the conversation holds: where the script stands, whatever was asked twice or besides. */
export function toolResults({ body }: SeenRequest): number {
  const turns = [...list(body['input']), ...list(body['messages']), ...list(body['contents'])];
  return turns.reduce((sum, turn) => sum + resultsIn(turn), 0);
}

function resultsIn(turn: Record<string, unknown>): number {
  if (turn['type'] === 'function_call_output' || turn['type'] === 'custom_tool_call_output' || turn['role'] === 'tool') return 1;
  const parts = [...list(turn['content']), ...list(turn['parts'])];
  return parts.filter((part) => part['type'] === 'tool_result' || 'functionResponse' in part).length;
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}
