import { type Digest, digestOf, uuidOf } from '../../base/digest.ts';
import { NexusError } from '../../base/errors.ts';
import type { JsonObject } from '../../base/json.ts';
import { requestKey } from '../mission/records.ts';
import { readPolicyLayer } from '../policy/mission-policy.ts';
import type { Host } from '../app/host/host.ts';
import { checkInput } from '../app/operation-contracts.ts';
import type { ApplyInput } from '../app/operations.ts';
import { checkPrompt } from '../app/source/read-prompt.ts';

/** What may be said beside the MissionPrompt; all of it means what it means to `apply`. */
export const OPTIONS = [
  'dialect',
  'agent',
  'only',
  'force',
  'strict',
  'priority',
  'budget',
  'requireApproval',
  'policy',
  'answerWithin',
] as const;

const PROMPT = ['id', 'objective', 'originatingSpec', 'createdAt'] as const;

/**
 * A mission as it is submitted: a MissionPrompt whose `originatingSpec` ends in the digest of a specification that was sent before, or just that digest as
 * `specification`; and the options of `apply`. Agents that would run what the client says are refused: their commands are for whoever runs the server.
 */
export async function readSubmission(body: JsonObject, find: (name: string) => string): Promise<ApplyInput> {
  refuseUnknown(body);
  const isPrompt = PROMPT.some((name) => body[name] !== undefined);
  const name = body['specification'] ?? body['originatingSpec'];
  if (typeof name !== 'string') {
    throw new NexusError('USAGE', 'It is not said what the mission is to apply.', {
      hint: 'Name a specification that was sent: `specification`, or `originatingSpec` of a MissionPrompt.',
    });
  }
  const options = Object.fromEntries(OPTIONS.flatMap((key) => (body[key] === undefined ? [] : [[key, body[key]]])));
  const { policy, ...input } = await checkInput('apply', { ...options, bundle: find(name) });
  refuseScript(input.agent);
  const limits = policy === undefined ? {} : { policy: await readPolicy(policy) };
  const prompt = Object.fromEntries([...PROMPT, 'priority'].map((key) => [key, body[key]]));
  const mission = isPrompt ? await checkPrompt(prompt, 'The request') : undefined;
  return { ...input, ...limits, bundle: input.bundle ?? '', ...(mission === undefined ? {} : { mission }) };
}

function refuseUnknown(body: JsonObject): void {
  const known = new Set<string>([...OPTIONS, ...PROMPT, 'specification']);
  const faults = Object.keys(body).flatMap((key) => (known.has(key) ? [] : [{ path: `/${key}`, message: 'is not known' }]));
  if (faults.length === 0) return;
  throw new NexusError('USAGE', `There is no \`${faults[0]?.path.slice(1)}\` in a mission.`, {
    hint: `A mission has ${[...known].join(', ')}.`,
    details: { faults },
  });
}

/** A file would be one of the server's. */
async function readPolicy(policy: string | JsonObject): Promise<JsonObject> {
  if (typeof policy === 'string') {
    throw new NexusError('USAGE', 'The policy of a mission is sent as it is, and not as the name of a file.', {
      hint: 'Send what it says, as an object: schemas/mission-policy.schema.json.',
    });
  }
  await readPolicyLayer(policy, 'The request');
  return policy;
}

function refuseScript(agent: string | undefined): void {
  if (agent === undefined || /^[\w.-]+$/.test(agent)) return;
  throw new NexusError('AUTH_DENIED', `The agent \`${agent}\` would run what the client says.`, {
    hint: 'Name an agent that the server knows.',
    details: { agent },
  });
}

/** `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a request that comes again under its key is answered with what it led to, for ever. */
export class IdempotentRequest {
  readonly #id: string;
  readonly #body: Digest;
  readonly #host: Host;

  constructor(host: Host, { key, by, body }: { key: string; by: string; body: JsonObject }) {
    this.#id = uuidOf(digestOf({ key, by }));
    this.#body = digestOf(body);
    this.#host = host;
  }

  /** The mission that this request has led to. Throws `IDEMPOTENCY_MISMATCH` if another request had the key. */
  mission(): string | undefined {
    const entry = this.#host.engine.log.entryWithKey(requestKey(this.#id));
    if (entry === undefined) return undefined;
    if (entry.data['body'] === this.#body) return entry.mission;
    throw new NexusError('IDEMPOTENCY_MISMATCH', 'Another request was sent under this Idempotency-Key.', {
      hint: 'Make a new key for a new request.',
    });
  }

  async settle(mission: string): Promise<void> {
    const data = { request: this.#id, body: this.#body };
    await this.#host.engine.log.append([{ kind: 'request.accepted', mission, data, dedup: requestKey(this.#id) }]);
  }
}
