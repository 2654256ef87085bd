import { buffer } from 'node:stream/consumers';

import type { Digest } from '../../../base/digest.ts';
import { NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject } from '../../../base/json.ts';
import { PRODUCT_VERSION } from '../../../base/version.ts';
import { RemoteClient } from '../../app/remote/remote-client.ts';
import type { Assignment, WorkResult } from '../../cluster/job.ts';
import type { Asked } from '../../cluster/open-questions.ts';
import type { AgentEvent } from '../../policy/agent-event.ts';
import type { Answer } from '../../policy/answer.ts';

/** A job, as a worker has it. */
export interface Leased {
  id: string;
  /** Milliseconds for which the control plane bears hearing nothing. */
  patience: number;
  assignment: Assignment;
}

/** Seconds that one waits for a job before one asks again. */
const WAIT = 25;

/** The control plane, as a worker speaks with it. What it refuses is thrown with its code. */
export class ControlPlane {
  readonly #url: string;
  readonly #token: () => string;

  /** `token`: asked each time, since others may renew it. */
  constructor(url: string, token: () => string) {
    this.#url = url;
    this.#token = token;
  }

  /** The next job of the pool, if one comes in time. */
  async lease(pool: string, signal: AbortSignal): Promise<Leased | undefined> {
    const json = { version: PRODUCT_VERSION, wait: WAIT };
    const answer = await this.#client.maybe(`/v1/pools/${encodeURIComponent(pool)}/lease`, { method: 'POST', json, signal });
    if (answer === undefined) return undefined;
    const { id, patience, assignment } = answer;
    if (typeof id !== 'string' || typeof patience !== 'number' || !isJsonObject(assignment)) throw strange();
    return { id, patience: patience * 1000, assignment: assignment as unknown as Assignment };
  }

  async heartbeat(lease: string): Promise<void> {
    await this.#say(lease, 'heartbeat', {});
  }

  async tell(lease: string, event: AgentEvent): Promise<void> {
    await this.#say(lease, 'events', { items: [JSON.parse(JSON.stringify(event)) as JsonObject] });
  }

  async deliver(lease: string, result: WorkResult): Promise<void> {
    await this.#say(lease, 'result', JSON.parse(JSON.stringify(result)) as JsonObject);
  }

  async giveBack(lease: string, reason: string): Promise<void> {
    await this.#say(lease, 'return', { reason });
  }

  /** What a person says; undefined where nobody has said anything yet. */
  async ask(
    lease: string,
    { number, action, decision }: Asked & { number: number },
    signal: AbortSignal,
  ): Promise<Answer | undefined> {
    const json = { number, rule: decision.rule, action: JSON.parse(JSON.stringify(action)) as JsonObject, wait: WAIT };
    const path = `/v1/leases/${encodeURIComponent(lease)}/questions`;
    const said = await this.#client.maybe(path, { method: 'POST', json, signal });
    if (said === undefined) return undefined;
    const { allowed, rule, question } = said;
    if (typeof allowed !== 'boolean' || typeof rule !== 'string') throw strange();
    return { allowed, rule, ...(typeof question === 'string' && { question }) };
  }

  /** Those of the contents that are not there yet. */
  async missing(lease: string, digests: readonly Digest[]): Promise<Digest[]> {
    const { items } = await this.#say(lease, 'contents', { digests: [...digests] });
    if (!Array.isArray(items)) throw strange();
    return digests.filter((digest) => items.includes(digest));
  }

  async fetch(lease: string, digest: Digest): Promise<Buffer> {
    return buffer(await this.#client.bytes(`/v1/leases/${lease}/contents/${digest}`));
  }

  async send(lease: string, digest: Digest, bytes: Uint8Array): Promise<void> {
    const content = { type: 'application/octet-stream', bytes: Buffer.from(bytes) };
    await this.#client.maybe(`/v1/leases/${lease}/contents/${digest}`, { method: 'PUT', content });
  }

  #say(lease: string, what: string, json: JsonObject): Promise<JsonObject> {
    return this.#client.json(`/v1/leases/${encodeURIComponent(lease)}/${what}`, { method: 'POST', json });
  }

  get #client(): RemoteClient {
    return new RemoteClient({ name: 'control plane', url: this.#url, token: this.#token() });
  }
}

function strange(): NexusError {
  return new NexusError('REMOTE_UNREACHABLE', 'The control plane answers otherwise than one does.');
}
