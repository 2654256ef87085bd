import { messageOf, NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonValue, parsedJson } from '../../../base/json.ts';
import type { PolicyEngine } from './policy-engine.ts';

const TIME = 30_000;
const MAX_ANSWER = 16 * 2 ** 20;

/**
 * An OPA server (https://www.openpolicyagent.org/docs/rest-api), which has policies of its own: it is asked for the document, nothing is put
 * there. What it decided can be read in the log, and not be decided again.
 */
export function serverEngine(address: string): PolicyEngine {
  return {
    name: 'server',
    async version() {
      const answer = await request(address, 'v1/data/agentnexus/none?provenance=true', undefined);
      const provenance = isJsonObject(answer) ? answer['provenance'] : undefined;
      const version = isJsonObject(provenance) ? provenance['version'] : undefined;
      return typeof version === 'string' ? version : 'unknown';
    },
    async evaluate(_policy, { entrypoint, input }) {
      const answer = await request(address, `v1/data/${entrypoint}?strict-builtin-errors=true`, `{"input":${input}}`);
      return isJsonObject(answer) ? answer['result'] : undefined;
    },
    close: () => Promise.resolve(),
  };
}

async function request(address: string, path: string, body: string | undefined): Promise<JsonValue> {
  const url = new URL(path, address.endsWith('/') ? address : `${address}/`);
  try {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIME),
      ...(body === undefined ? {} : { body }),
    });
    const text = await bounded(response);
    if (!response.ok) throw new Error(`it answers ${response.status}: ${text.slice(0, 300)}`);
    const answer = parsedJson(text);
    if (answer === undefined) throw new Error('its answer is no JSON');
    return answer;
  } catch (error) {
    throw new NexusError('RELEASE_POLICY_ENGINE', `The OPA server at ${url.host} gives no answer: ${messageOf(error)}.`, {
      hint: `It is asked for POST /v1/data/agentnexus/release; \`opa run --server\` with the policy answers that.`,
      cause: error,
    });
  }
}

async function bounded({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    size += part.length;
    if (size > MAX_ANSWER) throw new Error('its answer is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
