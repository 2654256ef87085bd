import { messageOf, NexusError, systemCode } from '../../../base/errors.ts';
import { isJsonObject, type JsonValue, parsedJson } from '../../../base/json.ts';
import type { Embedder } from './embedder.ts';

export interface EndpointOptions {
  /** Up to and with `/v1`: of OpenAI, Ollama, vLLM, llama.cpp, Hugging Face TEI. */
  baseUrl: string;
  model: string;
  key?: string;
}

/** Texts of one request, characters of one text, and of one answer: 64 vectors of 4,096 floats in JSON. */
const BATCH = 64;
const MAX_TEXT = 8000;
const MAX_ANSWER = 16 * 1_048_576;
const MAX_DIMENSIONS = 4096;
const TIMEOUT = 30_000;

/** Vectors from any server with `/v1/embeddings`. It is asked once for how many dimensions there are. Rejects with `EMBEDDER_FAILED`. */
export async function endpointEmbedder(options: EndpointOptions): Promise<Embedder> {
  refuseOpenKey(options);
  const [probe] = await request(options, ['dimensions'], undefined);
  const dimensions = probe?.length ?? 0;
  return {
    id: `${options.model}@${new URL(options.baseUrl).host}`,
    dimensions,
    sparse: false,
    floor: 0,
    async embed(texts, signal) {
      const vectors: Float32Array[] = [];
      for (let at = 0; at < texts.length; at += BATCH) {
        const some = texts.slice(at, at + BATCH).map((text) => text.slice(0, MAX_TEXT).toWellFormed());
        vectors.push(...(await request(options, some, signal)));
      }
      if (vectors.some(({ length }) => length !== dimensions)) throw failed(options, 'its vectors are not all of one length');
      return vectors;
    },
  };
}

function refuseOpenKey({ baseUrl, key }: EndpointOptions): void {
  if (!URL.canParse(baseUrl)) throw new NexusError('EMBEDDER_FAILED', `\`${baseUrl}\` is no address.`, { hint: HINT });
  const { protocol, hostname } = new URL(baseUrl);
  if (
    protocol === 'https:' ||
    (protocol === 'http:' && (key === undefined || /^(?:127\.[\d.]+|\[::1\]|localhost)$/.test(hostname)))
  )
    return;
  throw new NexusError('EMBEDDER_FAILED', `A key is not sent to ${hostname} over ${protocol}//.`, { hint: 'Use https.' });
}

async function request(
  options: EndpointOptions,
  input: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Float32Array[]> {
  const { baseUrl, model, key } = options;
  const timeout = AbortSignal.timeout(TIMEOUT);
  let response: Response;
  try {
    response = await fetch(`${baseUrl.replace(/\/+$/, '')}/embeddings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ model, input, encoding_format: 'float' }),
      redirect: 'error',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
  } catch (error) {
    throw failed(options, systemCode(error instanceof Error ? error.cause : undefined) ?? messageOf(error), error);
  }
  if (!response.ok) throw failed(options, `it answers ${response.status}`);
  return vectorsIn(await limitedText(response, options), { options, count: input.length });
}

async function limitedText(response: Response, options: EndpointOptions): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    parts.push(part);
    if ((size += part.length) > MAX_ANSWER) throw failed(options, 'its answer is too long');
  }
  return Buffer.concat(parts).toString('utf8');
}

function vectorsIn(text: string, { options, count }: { options: EndpointOptions; count: number }): Float32Array[] {
  const value = parsedJson(text);
  const data = isJsonObject(value) && Array.isArray(value['data']) ? (value['data'] as JsonValue[]) : [];
  const vectors: Float32Array[] = [];
  for (const [at, item] of data.entries()) {
    const { index = at, embedding } = isJsonObject(item) ? item : {};
    if (typeof index === 'number' && index >= 0 && index < count && isVector(embedding))
      vectors[index] = Float32Array.from(embedding);
  }
  if (vectors.length === count && Object.keys(vectors).length === count) return vectors;
  throw failed(options, 'its answer has not one vector for each text');
}

function isVector(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= MAX_DIMENSIONS &&
    value.every((component) => typeof component === 'number' && Number.isFinite(component))
  );
}

const HINT = 'Look at AGENTNEXUS_EMBEDDINGS_URL and AGENTNEXUS_EMBEDDINGS_MODEL; without them the built-in vectors are used.';

function failed({ baseUrl }: EndpointOptions, why: string, cause?: unknown): NexusError {
  return new NexusError('EMBEDDER_FAILED', `No vectors from ${baseUrl}: ${why}.`, { hint: HINT, cause });
}
