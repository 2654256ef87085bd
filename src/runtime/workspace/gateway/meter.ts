import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';

export interface TokenCount {
  input: number;
  output: number;
}

/** Tokens of an answer while it comes, whatever its dialect. */
export interface Meter {
  /** One event of a stream, or a whole answer. */
  add(value: JsonValue | undefined): void;
  /** Tokens put out so far, by the length of the text. */
  readonly estimate: number;
  /** What the server said, if it did. */
  readonly said: TokenCount | undefined;
}

/** Characters that make a token, as far as one can say without the model's own tokenizer. */
const CHARACTERS = 4;

export function estimateTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS);
}

export function createMeter(): Meter {
  let characters = 0;
  let said: TokenCount | undefined;
  return {
    add(value) {
      if (!isJsonObject(value)) return;
      characters += textLength(value);
      const usage = usageIn(value);
      if (usage === undefined) return;
      // Anthropic says the input at the beginning and the output at the end; the others say all at the end.
      said = { input: Math.max(usage.input, said?.input ?? 0), output: Math.max(usage.output, said?.output ?? 0) };
    },
    get estimate() {
      return Math.ceil(characters / CHARACTERS);
    },
    get said() {
      return said;
    },
  };
}

/** Members in which models put text, in pieces or whole. */
const TEXTS: ReadonlySet<string> = new Set([
  'delta',
  'content',
  'text',
  'arguments',
  'partial_json',
  'thinking',
  'reasoning',
  'reasoning_content',
]);

/** Events that say again what came in pieces. */
const REPEATS = /\.(done|completed|incomplete|created|in_progress|added|failed)$/;

function textLength(value: JsonObject): number {
  const { type } = value;
  if (typeof type === 'string' && type.startsWith('response.') && REPEATS.test(type)) return 0;
  let length = 0;
  for (const [key, item] of Object.entries(value)) {
    if (typeof item === 'string') length += TEXTS.has(key) ? item.length : 0;
    else for (const child of Array.isArray(item) ? item : [item]) if (isJsonObject(child)) length += textLength(child);
  }
  return length;
}

/** Where the dialects have it: on top, in `response`, in `message`, in `usageMetadata`. */
function usageIn(value: JsonObject): TokenCount | undefined {
  for (const holder of [value, value['response'], value['message']]) {
    if (!isJsonObject(holder)) continue;
    const usage = holder['usage'] ?? holder['usageMetadata'];
    if (isJsonObject(usage)) return countOf(usage);
  }
  return undefined;
}

function countOf(usage: JsonObject): TokenCount | undefined {
  const input = sum(usage, [
    'input_tokens',
    'cache_read_input_tokens',
    'cache_creation_input_tokens',
    'prompt_tokens',
    'promptTokenCount',
  ]);
  const output = sum(usage, ['output_tokens', 'completion_tokens', 'candidatesTokenCount', 'thoughtsTokenCount']);
  return input === 0 && output === 0 ? undefined : { input, output };
}

/** What a server says is not always a number, or one that makes sense. */
function sum(usage: JsonObject, names: readonly string[]): number {
  return names.reduce((total, name) => {
    const value = usage[name];
    return total + (typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0);
  }, 0);
}
