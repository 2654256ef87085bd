import {
  AgentApp,
  client,
  type ClientContext,
  methods,
  type NewSessionResponse,
  PROTOCOL_VERSION,
  RequestError,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
  type SessionUpdate,
  type Stream,
  type StopReason,
} from '@agentclientprotocol/sdk';

import { messageOf } from '../../../../base/errors.ts';
import { PRODUCT_VERSION } from '../../../../base/version.ts';
import type { MemoryPass } from '../../memory/memory-server.ts';
import { OWN_AGENT, SESSION_META } from '../../model/own-agent.ts';
import type { Usage } from '../../usage.ts';
import type { TurnEnd } from '../turn.ts';
import { AcpRefusal } from './acp-refusal.ts';
import { setAskMode } from './ask-mode.ts';
import { memoryAccess } from './memory-access.ts';
import { CLOSED, Patience } from './patience.ts';
import { Transcript } from './transcript.ts';

/** Agents that speak the Agent Client Protocol, v1: the one place that knows its words. */
export interface AcpTurn {
  /** What it is told. */
  told: string;
  /** The folder it works in, as it knows it: absolute. */
  folder: string;
  /** Those that our own agent is to offer to its model. */
  tools?: readonly string[];
  /** The mode that it must be in; refused if it cannot be put there. */
  askMode?: string | undefined;
  /** Whether what it asks for may happen. What it says of itself here may be untrue: walls, and a look afterwards, are what counts. */
  permit(request: RequestPermissionRequest): Promise<boolean>;
  /** Files that go through us, by paths as the agent says them; only for agents that have no files of their own. */
  files?: AcpFiles;
  /** Its right to the memory, which it is given as tools. */
  memory?: MemoryPass | undefined;
  limits?: Partial<AcpLimits>;
}

export interface AcpFiles {
  read(path: string): Promise<string>;
  /** `meta`: what the agent says of the file besides. */
  write(path: string, text: string, meta?: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface AcpLimits {
  /** Milliseconds in which it must be ready to be told something. */
  readyMs: number;
  /** Milliseconds without a word from it. */
  silenceMs: number;
  /** Milliseconds in which it must stop when it is told to. */
  stopMs: number;
  /** Messages that it may send. */
  messages: number;
}

const LIMITS: AcpLimits = { readyMs: 120_000, silenceMs: 900_000, stopMs: 3_000, messages: 500_000 };

/** Says the brief to an agent, answers what it asks, and returns when it stops, dies, or has been silent for too long. Never rejects for what an agent does. */
export async function runTurn(stream: Stream | AgentApp, turn: AcpTurn, signal: AbortSignal): Promise<TurnEnd> {
  const conversation = new Conversation(turn, signal);
  const end = await conversation.run(stream);
  const transcript = conversation.transcript.text();
  return transcript === '' ? end : { ...end, transcript };
}

class Conversation {
  readonly transcript = new Transcript();
  readonly #turn: AcpTurn;
  readonly #signal: AbortSignal;
  readonly #limits: AcpLimits;
  readonly #patience: Patience;
  #session: string | undefined;
  #mode: string | undefined;
  #usage: Usage | undefined;
  #messages = 0;
  /** What the log, or the host, could not do: it ends the attempt, whatever the agent says. */
  #broken: unknown;

  constructor(turn: AcpTurn, signal: AbortSignal) {
    this.#turn = turn;
    this.#signal = signal;
    this.#limits = { ...LIMITS, ...turn.limits };
    this.#patience = new Patience(signal);
  }

  async run(other: Stream | AgentApp): Promise<TurnEnd> {
    const app = client({ name: 'agentnexus' })
      .onRequest(methods.client.session.requestPermission, ({ params }) => this.#permission(params))
      .onNotification(methods.client.session.update, ({ params }) => this.#update(params.update));
    const { files } = this.#turn;
    if (files !== undefined) {
      app
        .onRequest(methods.client.fs.readTextFile, async ({ params }) => ({
          content: await this.#file(() => files.read(params.path)),
        }))
        .onRequest(methods.client.fs.writeTextFile, async ({ params: { path, content, _meta: meta } }) => {
          await this.#file(() => files.write(path, content, meta ?? {}));
          return {};
        });
    }
    const connection = other instanceof AgentApp ? app.connect(other) : app.connect(other);
    try {
      const end = await this.#patience.until(this.#converse(connection.agent), connection.closed);
      if (this.#broken !== undefined) throw this.#broken;
      return this.#usage === undefined ? end : { ...end, usage: this.#usage };
    } catch (error) {
      if (this.#broken !== undefined) throw this.#broken;
      const reason = this.#signal.aborted ? 'It was stopped.' : `It ${faultOf(error)}.`;
      return { end: 'failed', reason, ...(this.#usage === undefined ? {} : { usage: this.#usage }) };
    } finally {
      this.#patience.end();
      connection.close();
    }
  }

  async #converse(agent: ClientContext): Promise<TurnEnd> {
    const { readyMs, silenceMs } = this.#limits;
    this.#patience.allow(readyMs, `was not ready after ${readyMs / 1000} s`);
    const offered = this.#turn.files !== undefined;
    const hello = await agent.request(methods.agent.initialize, {
      protocolVersion: PROTOCOL_VERSION,
      clientCapabilities: { fs: { readTextFile: offered, writeTextFile: offered }, terminal: false },
      clientInfo: { name: 'agentnexus', version: PRODUCT_VERSION },
    });
    if (hello.protocolVersion !== PROTOCOL_VERSION) {
      return failed(`It speaks version ${String(hello.protocolVersion)} of the protocol, and not ${PROTOCOL_VERSION}.`);
    }
    const { folder, memory } = this.#turn;
    const own = hello.agentInfo?.name === OWN_AGENT;
    // Tools of others are never handed on: they would run outside of its walls.
    const mcpServers = memory === undefined ? [] : [memoryAccess(memory, { own })];
    const session = await agent.request(methods.agent.session.new, {
      cwd: folder,
      mcpServers,
      ...(own ? metaFor(this.#turn) : {}),
    });
    this.#session = session.sessionId;
    const refusal = await this.#putInMode(agent, session);
    if (refusal !== undefined) return failed(refusal);
    this.#patience.allow(silenceMs, `said nothing for ${silenceMs / 1000} s`, { renewed: true });
    return this.#prompt(agent, session.sessionId);
  }

  async #putInMode(agent: ClientContext, session: NewSessionResponse): Promise<string | undefined> {
    const { askMode } = this.#turn;
    if (askMode === undefined) return undefined;
    const refusal = await setAskMode(agent, session, askMode);
    if (refusal === undefined) this.#mode ??= askMode;
    return refusal ?? this.#strayed();
  }

  async #prompt(agent: ClientContext, sessionId: string): Promise<TurnEnd> {
    const { stopMs } = this.#limits;
    this.#patience.onStop(async () => {
      await agent.notify(methods.agent.session.cancel, { sessionId }).catch(() => undefined);
    }, stopMs);
    const { stopReason } = await agent.request(methods.agent.session.prompt, {
      sessionId,
      prompt: [{ type: 'text', text: this.#turn.told }],
    });
    const strayed = this.#strayed();
    return strayed === undefined ? endFor(stopReason) : failed(strayed);
  }

  async #permission(request: RequestPermissionRequest): Promise<RequestPermissionResponse> {
    this.#heard();
    if (this.#signal.aborted || request.sessionId !== this.#session) return { outcome: { outcome: 'cancelled' } };
    // Whoever is asked may take longer than an agent may be silent.
    const allowed = await this.#patience.paused(() => this.#guarded(() => this.#turn.permit(request)));
    this.transcript.note(`${allowed ? 'allowed' : 'denied'}: ${request.toolCall.title ?? request.toolCall.toolCallId}`);
    if (this.#signal.aborted) return { outcome: { outcome: 'cancelled' } };
    // Never `always`: an agent that remembers a yes does not ask again.
    const option = request.options.find(({ kind }) => kind === (allowed ? 'allow_once' : 'reject_once'));
    if (option === undefined) return { outcome: { outcome: 'cancelled' } };
    return { outcome: { outcome: 'selected', optionId: option.optionId } };
  }

  async #file<T>(work: () => Promise<T>): Promise<T> {
    this.#heard();
    try {
      return await this.#guarded(work);
    } catch (error) {
      throw RequestError.invalidParams(undefined, messageOf(error));
    }
  }

  /** What fails on our side is no answer to the agent: it ends the turn. */
  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof AcpRefusal) throw error;
      this.#broken ??= error;
      this.#patience.giveUp('could not be answered');
      throw error;
    }
  }

  #update(update: SessionUpdate): void {
    this.#heard();
    this.transcript.add(update);
    if (update.sessionUpdate === 'usage_update') {
      const { used, cost } = update;
      this.#usage = { tokens: used, ...(cost?.currency === 'USD' ? { money: cost.amount } : {}) };
    } else if (update.sessionUpdate === 'current_mode_update') {
      this.#mode = update.currentModeId;
      const strayed = this.#strayed();
      if (strayed !== undefined) this.#patience.giveUp(strayed.replace(/^It |\.$/g, ''));
    }
  }

  /** Why it is no longer sure to ask. */
  #strayed(): string | undefined {
    const { askMode } = this.#turn;
    if (askMode === undefined || this.#mode === undefined || this.#mode === askMode) return undefined;
    return `It left the mode ${askMode}, in which it asks, for ${this.#mode}.`;
  }

  #heard(): void {
    this.#patience.renew();
    if (++this.#messages > this.#limits.messages) this.#patience.giveUp(`sent more than ${this.#limits.messages} messages`);
  }
}

/** What only our own agent understands. */
function metaFor({ tools }: Pick<AcpTurn, 'tools'>) {
  return tools === undefined ? {} : { _meta: { [SESSION_META]: { tools } } };
}

const failed = (reason: string): TurnEnd => ({ end: 'failed', reason });

function endFor(reason: StopReason): TurnEnd {
  switch (reason) {
    case 'end_turn':
      return { end: 'done' };
    case 'max_tokens':
      return failed('It came to the limit of its tokens.');
    case 'max_turn_requests':
      return failed('It came to the limit of its requests to the model.');
    case 'refusal':
      return failed('It refused the task.');
    case 'cancelled':
      return failed('It gave the task up.');
    default:
      return failed(`It stopped for a reason that the protocol does not have: ${String(reason)}.`);
  }
}

function faultOf(error: unknown): string {
  if (/connection closed/i.test(messageOf(error))) return CLOSED;
  if (error instanceof RequestError) return `answered with an error (${error.code}): ${messageOf(error).slice(0, 2_000)}`;
  return messageOf(error).slice(0, 2_000).replace(/\.$/, '');
}
