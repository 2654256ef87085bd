import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { AgentEvent } from '../../../../src/runtime/policy/agent-event.ts';
import type { ContentStore } from '../../../../src/runtime/vault/content-store.ts';
import { openContentStore } from '../../../../src/runtime/vault/content-store.ts';
import type { Gateway, Pass, PassOptions } from '../../../../src/runtime/workspace/gateway/gateway.ts';
import { type GatewayOptions, openGateway } from '../../../../src/runtime/workspace/gateway/open-gateway.ts';
import { type ModelOptions, type Script, type ScriptedModel, serveModel } from '../../../support/scripted-model/serve-model.ts';

export type ExchangeEvent = Extract<AgentEvent, { kind: 'agent.exchange' }>;

export const KEY = 'canary-upstream-key-0123456789';

const open: (() => void | Promise<void>)[] = [];

/** For `afterEach`. */
export async function closeBench(): Promise<void> {
  for (const close of open.splice(0).toReversed()) await close();
}

export function newStore(): ContentStore {
  const dir = mkdtempSync(join(tmpdir(), 'gateway-'));
  open.push(() => rmSync(dir, { recursive: true, force: true }));
  return openContentStore(dir, { writer: true });
}

export interface Bench {
  gateway: Gateway;
  model: ScriptedModel;
  store: ContentStore;
  events: ExchangeEvent[];
  pass(options?: Partial<PassOptions>): Pass;
  /** All that was recorded, as text. */
  recorded(): string;
}

export async function openBench(script: Script, options: Partial<GatewayOptions> & ModelOptions = {}): Promise<Bench> {
  const { dialects, models, ...own } = options;
  const model = await serveModel(script, { ...(dialects && { dialects }), ...(models && { models }) });
  open.push(() => model.close());
  const store = own.store === undefined ? newStore() : (own.store as ContentStore);
  const events: ExchangeEvent[] = [];
  const gateway = await startGateway({
    upstreams: {
      openai: { baseUrl: `${model.url}/v1`, key: KEY, embeddingModel: 'embedder' },
      anthropic: { baseUrl: model.url, key: KEY },
      gemini: { baseUrl: model.url, key: KEY },
    },
    ...own,
    store,
  });
  return {
    gateway,
    model,
    store,
    events,
    pass: (more = {}) =>
      gateway.open({
        agent: 'model/T1/1',
        dialect: 'openai',
        model: 'gpt-5',
        energy: 1000,
        record: async (event) => {
          if (event.kind === 'agent.exchange') events.push(event);
        },
        ...more,
      }),
    recorded: () =>
      [...store.list()].map((digest) => Buffer.from(store.get(digest)).toString('utf8')).join('\n') + JSON.stringify(events),
  };
}

export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const gateway = await openGateway(options);
  open.push(() => gateway.close());
  return gateway;
}

export interface Said {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** The connection broke before the answer was whole. */
  broken: boolean;
}

/** A request without any client that would put it right. */
export function say(
  url: string,
  {
    method = 'POST',
    headers = {},
    body,
    path,
  }: { method?: string; headers?: Record<string, string>; body?: unknown; path?: string } = {},
): Promise<Said> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false, ...(path === undefined ? {} : { path }) }, (incoming) => {
      const chunks: Buffer[] = [];
      const done = (broken: boolean) =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          text: Buffer.concat(chunks).toString('utf8'),
          broken,
        });
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => done(!incoming.complete));
      incoming.on('error', () => done(true));
    });
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
  });
}

export const bearer = ({ token }: Pass) => ({ authorization: `Bearer ${token}` });
