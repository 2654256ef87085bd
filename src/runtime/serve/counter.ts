import type { Digest } from '../../base/digest.ts';
import { NexusError } from '../../base/errors.ts';
import type { JsonObject } from '../../base/json.ts';
import { MANIFEST_TYPE } from '../app/source/bundle-manifest.ts';
import { call } from '../app/call.ts';
import type { Host } from '../app/host/host.ts';
import { submitterKey } from '../app/allowance.ts';
import { checkInput } from '../app/operation-contracts.ts';
import type { CallContext, OperationName, Operations } from '../app/operations.ts';
import { findMission, isOpen, missionRow } from '../mission/queries.ts';
import { EventFeed } from './event-feed.ts';
import type { StreamOptions } from './event-stream.ts';
import { KeptAnswers } from './kept-answers.ts';
import { LogMark } from './log-mark.ts';
import { LongCalls } from './long-calls.ts';
import type { Gate, Wish } from './auth/gate.ts';
import type { Principal } from './principal.ts';
import { Placeless } from './placeless.ts';
import { type Problem, problemOf } from './problem.ts';
import { readManifest } from './read-manifest.ts';
import type { Asked, Route } from './routes.ts';
import { SpecificationDesk } from './specification-desk.ts';
import { IdempotentRequest, readSubmission } from './submission.ts';

/** What a route is given besides the specifications that lie here. */
export type Request = Omit<Asked, 'specification'>;

/** An answer as every face sends it. */
export interface Document {
  apiVersion: string;
  kind: string;
}

const API_VERSION = 'agentnexus.dev/v1';

/** Where everybody is served alike, whichever way they came in: who may, what is asked, what is answered. */
export class Counter {
  readonly host: Host;
  readonly feed: EventFeed;
  readonly desk: SpecificationDesk;
  readonly gate: Gate;
  readonly placeless: Placeless;
  readonly mark: LogMark;
  readonly #kept: KeptAnswers;
  readonly #long = new LongCalls();

  constructor(host: Host, gate: Gate) {
    const { log, workspace } = host.engine;
    this.host = host;
    this.placeless = new Placeless(workspace);
    this.feed = new EventFeed(log, workspace.id.slice(0, 8), { write: (text) => this.placeless.text(text) });
    this.desk = new SpecificationDesk(workspace);
    this.gate = gate;
    this.mark = new LogMark(host);
    this.#kept = new KeptAnswers(this.mark);
  }

  /** Who sends this `Authorization`, if they may do what they wish. Throws `AUTH_MISSING`, `AUTH_DENIED`. */
  async allow(authorization: string | undefined, wish: Wish, { what, from }: { what: string; from: string }): Promise<Principal> {
    return this.gate.allowedHeader(authorization, wish, { what, from });
  }

  context({ name, ...allowance }: Principal): CallContext {
    const { dir } = this.host.engine.workspace;
    return { cwd: dir, workspace: dir, by: name, face: 'server', allowance };
  }

  /** Does what a route is for. Throws `USAGE`, `NOT_FOUND`, and whatever the operation does. */
  async perform(route: Route, asked: Request, who: Principal): Promise<Performed> {
    const { path, pick, isMaking = false, isRead = false } = route;
    const make = async (): Promise<string> => this.#answer(route, asked, who);
    // Whoever may touch some missions only has answers of their own.
    const isForAll = isRead && pick === undefined && who.missions === undefined;
    const text = isForAll ? await this.#kept.answer(JSON.stringify([path, asked]), make) : await make();
    return { text, status: isMaking ? 201 : 200 };
  }

  async #answer({ operation, input, pick, ...route }: Route, asked: Request, who: Principal): Promise<string> {
    const checked = await checkInput(operation, input(this.#asked(asked)));
    const context = { ...this.context(who), ...route.context };
    const output =
      route.isLong === true
        ? await this.#long.call({ operation, input: checked, context })
        : await call(operation, checked, context);
    return this.textOf(pick === undefined ? documentOf(this.#sifted(output, who)) : pick(output));
  }

  /** Begins a mission, or finds the one that this request has led to before. */
  async submit(body: JsonObject, { key, who }: { key: string | undefined; who: Principal }): Promise<Submitted> {
    const repeated = key === undefined ? undefined : new IdempotentRequest(this.host, { key, by: who.name, body });
    const before = repeated?.mission();
    const context: CallContext = { ...this.context(who), beginOnly: true };
    if (before !== undefined) return { text: this.textOf(documentOf(await call('status', { mission: before }, context))) };
    const input = await readSubmission(body, (name) => this.desk.find(name));
    const { log } = this.host.engine;
    const { size } = log;
    const view = await call('apply', input, { ...context, origin: this.desk.uriOf(input.bundle) });
    const text = this.textOf(documentOf(view));
    if (view.kind !== 'Mission') return { text };
    await repeated?.settle(view.id);
    const submitted = { kind: 'mission.submitted', mission: view.id, data: { by: who.name } };
    await log.append([{ ...submitted, dedup: submitterKey(view.id, who.name) }]);
    return findMission(log.db, view.id).first_seq < size ? { text } : { text, begun: view.id };
  }

  /** Keeps a specification that was sent, and says what is wrong with it. */
  async keep(content: Buffer, mediaType: string, who: Principal): Promise<Sent> {
    const kept = this.desk.keep(content, mediaType);
    return this.#received({ ...kept, mediaType: mediaType.slice(0, 100), bytes: content.length }, who);
  }

  /** Keeps the manifest of a specification, and says what is missing of it; where nothing is, what is wrong with it. */
  async keepManifest(content: Buffer, who: Principal): Promise<Sent | { digest: Digest; missing: Digest[] }> {
    const manifest = readManifest(content);
    const kept = await this.desk.manifests.keep(manifest);
    if ('missing' in kept) return kept;
    const bytes = manifest.files.reduce((sum, { size }) => sum + size, 0);
    return this.#received({ ...kept, mediaType: MANIFEST_TYPE, bytes }, who);
  }

  async #received({ path, ...sent }: Received, who: Principal): Promise<Sent> {
    const { digest } = sent;
    const data = { digest, by: who.name, mediaType: sent.mediaType, bytes: sent.bytes };
    const received = { kind: 'specification.received', data, dedup: `specification:${digest}:${who.name}` };
    await this.host.engine.log.append([received]);
    const validation = await call('validate', { bundle: path }, this.context(who));
    return { digest, validation: JSON.parse(this.textOf(documentOf(validation))) as JsonObject };
  }

  /** Where a stream begins. Throws `CURSOR_UNKNOWN` for a cursor of another log, and `NOT_FOUND`. */
  from(after: string | undefined, name: string | undefined): Omit<StreamOptions, 'signal'> {
    const { db } = this.host.engine.log;
    const row = name === undefined ? undefined : findMission(db, name);
    const start = row === undefined ? this.feed.head : row.first_seq - 1;
    const position = after === undefined ? start : this.feed.positionOf(after);
    if (position === undefined) {
      throw new NexusError('CURSOR_UNKNOWN', `${after} is no position of this log.`, {
        hint: 'Read how things stand (`GET /v1/missions`), and begin again without a cursor.',
        details: { after },
      });
    }
    if (row === undefined) return { after: position };
    const isOver = (): boolean => {
      const now = missionRow(db, row.id);
      return now !== undefined && !isOpen(now);
    };
    return { after: position, mission: row.id, isOver };
  }

  /** Anything thrown, as every face tells it. */
  problemOf(error: unknown, instance: string): Problem {
    return JSON.parse(this.textOf(problemOf(error, instance))) as Problem;
  }

  /** JSON of a document, without the server's folders in it. */
  textOf(document: unknown): string {
    return this.placeless.text(JSON.stringify(document));
  }

  /** The answer without missions that the caller may not touch. */
  #sifted(output: Operations[OperationName]['output'], who: Principal): { kind: string } {
    if (who.missions === undefined) return output;
    if (output.kind === 'ApprovalList') {
      const waiting = { ...output, items: output.items.filter(({ mission }) => this.gate.mayTouch(who, mission)) };
      return waiting;
    }
    if (output.kind !== 'MissionList') return output;
    const sifted = { ...output, items: output.items.filter(({ id }) => this.gate.mayTouch(who, id)) };
    return sifted;
  }

  #asked({ params, query, body }: Request): Asked {
    const { mission } = params;
    // A prefix is as good as an id; what is neither never gets further than here.
    const id = mission === undefined ? {} : { mission: findMission(this.host.engine.log.db, mission).id };
    return { params: { ...params, ...id }, query, body, specification: (name) => this.desk.find(name) };
  }
}

/** A specification that is here. */
export interface Sent {
  digest: string;
  validation: JsonObject;
}

interface Received {
  digest: string;
  path: string;
  mediaType: string;
  bytes: number;
}

export interface Performed {
  /** JSON of the answer. */
  text: string;
  status: number;
}

export interface Submitted {
  /** JSON of the answer. */
  text: string;
  /** The mission, unless it was there before. */
  begun?: string;
}

export function documentOf({ kind, ...rest }: { kind: string }): Document {
  return { apiVersion: API_VERSION, kind, ...rest };
}
