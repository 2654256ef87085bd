import type {
  EvidenceView,
  ExplanationView,
  LogsView,
  MissionListView,
  MissionView,
  ProofView,
  ReportView,
  StatusView,
} from '../../runtime/app/views.ts';
import { isRecord, textIn } from '../../runtime/report/standing/told-entry.ts';
import type { Session } from './session.ts';

export type Word = 'approve' | 'reject' | 'pause' | 'cancel' | 'resume' | 'retry';

/** What the server says where it does not do what it was asked (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | null;

  constructor(status: number, { code, title, hint }: { code: string; title: string; hint: string | null }) {
    super(title);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

/** The operations of the control plane that the board asks for. */
export class Api {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** A page of them, the last first: behind this one, if one is named. */
  missions = (after?: string): Promise<MissionListView> =>
    this.#get(`/v1/missions${after === undefined ? '' : `?after=${part(after)}`}`);

  /** With all of its tasks that have begun, or so many of them. */
  status = (mission: string, { limit }: { limit?: number } = {}): Promise<StatusView> =>
    this.#get(`/v1/missions/${part(mission)}${limit === undefined ? '' : `?limit=${limit}`}`);

  report = (mission: string): Promise<ReportView> => this.#get(`/v1/missions/${part(mission)}/report`);

  explanation = (mission: string, task: string): Promise<ExplanationView> =>
    this.#get(`/v1/missions/${part(mission)}/tasks/${part(task)}/explanation`);

  logs = (mission: string, task: string): Promise<LogsView> =>
    this.#get(`/v1/missions/${part(mission)}/logs?task=${encodeURIComponent(task)}`);

  evidence = (mission: string, artifact: string): Promise<EvidenceView> =>
    this.#get(`/v1/missions/${part(mission)}/evidence/${part(artifact)}`);

  proofOf = (entry: number): Promise<ProofView> => this.#get(`/v1/ledger/entries/${entry}/proof`);

  #logKey: Promise<string> | undefined;

  /** The public key of the log, as the server shows it; `` if it has none. */
  logKey(): Promise<string> {
    this.#logKey ??= this.report('latest').then(({ proof }) => proof.keys.log ?? '');
    this.#logKey.catch(() => {
      this.#logKey = undefined;
    });
    return this.#logKey;
  }

  say = (word: Word, mission: string, body: { task?: string; question?: string; note?: string } = {}): Promise<MissionView> =>
    this.#get(`/v1/missions/${part(mission)}/${word}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });

  /** Everything that proves a finished mission, as a `.tar.gz`. */
  async archive(mission: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const response = await this.#ask(`/v1/missions/${part(mission)}/proof`, { signal });
    if (response.body === null) throw new Problem(500, { code: 'INTERNAL', title: 'The proof is empty.', hint: null });
    return response.body;
  }

  events(after: string | undefined, signal: AbortSignal): Promise<Response> {
    const headers = after === undefined ? {} : { 'last-event-id': after };
    return this.#session.request('/v1/events/stream', { headers: { accept: 'text/event-stream', ...headers }, signal });
  }

  async #get<T>(path: string, init: RequestInit = {}): Promise<T> {
    const response = await this.#ask(path, init);
    return (await response.json()) as T;
  }

  async #ask(path: string, init: RequestInit): Promise<Response> {
    const response = await this.#session.request(path, init);
    if (response.ok) return response;
    throw problemOf(response.status, await response.json().catch(() => ({})));
  }
}

const part = encodeURIComponent;

function problemOf(status: number, body: unknown): Problem {
  const said = isRecord(body) ? body : {};
  const title = textIn(said, 'title') ?? `The server answered with ${status}.`;
  return new Problem(status, { code: textIn(said, 'code') ?? String(status), title, hint: textIn(said, 'hint') });
}
