import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { isJsonObject, type JsonObject, type JsonValue } from '../../../../src/base/json.ts';

interface Held {
  resource: JsonObject;
  /** How often it was asked for. */
  asked: number;
  deleted: boolean;
}

/** What an API server of Kubernetes with Chaos Mesh answers to clients of custom resources, as far as experiments see it; over HTTP on loopback. */
export class TinyCluster {
  readonly requests: string[] = [];
  readonly resources = new Map<string, Held>();
  /** Never says that a fault has reached what it selects. */
  stuck = false;
  /** Refuses to make anything. */
  forbidding = false;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void (async () => {
        const { code, body } = await this.#answer(request);
        response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      })();
    });
  }

  static async open(): Promise<TinyCluster> {
    const cluster = new TinyCluster();
    await new Promise<void>((resolve) => cluster.#server.listen(0, '127.0.0.1', resolve));
    return cluster;
  }

  get kubeconfig(): string {
    const { port } = this.#server.address() as AddressInfo;
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'tiny',
      clusters: [{ name: 'tiny', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'me', user: { token: 'a-token' } }],
      contexts: [{ name: 'tiny', context: { cluster: 'tiny', user: 'me' } }],
    });
  }

  /** Puts one there, as a run that has died would have left it. */
  leave(path: string, resource: JsonObject): void {
    this.resources.set(path, { resource, asked: 0, deleted: false });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage): Promise<{ code: number; body: JsonValue }> {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    this.requests.push(`${request.method} ${pathname}`);
    if (request.headers.authorization !== 'Bearer a-token') return { code: 401, body: failure(401) };
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    if (request.method === 'POST') return this.#create(pathname, JSON.parse(Buffer.concat(chunks).toString('utf8')) as JsonValue);
    const held = this.resources.get(pathname);
    if (request.method === 'GET' && held === undefined) return this.#list(pathname, searchParams.get('labelSelector') ?? '');
    if (held === undefined) return { code: 404, body: failure(404) };
    if (request.method === 'DELETE') {
      held.deleted = true;
      return { code: 200, body: held.resource };
    }
    return this.#read(pathname, held);
  }

  #create(path: string, resource: JsonValue): { code: number; body: JsonValue } {
    if (this.forbidding) return { code: 403, body: failure(403) };
    if (!isJsonObject(resource) || !isJsonObject(resource['metadata'])) return { code: 400, body: failure(400) };
    const { name } = resource['metadata'];
    this.leave(`${path}/${typeof name === 'string' ? name : ''}`, resource);
    return { code: 201, body: resource };
  }

  /** It takes a while until a fault is there, and until it is gone. */
  #read(path: string, held: Held): { code: number; body: JsonValue } {
    held.asked++;
    if (held.deleted && held.asked > 3) {
      this.resources.delete(path);
      return { code: 404, body: failure(404) };
    }
    const status = held.asked > 1 && !this.stuck ? 'True' : 'False';
    const conditions = ['Selected', 'AllInjected'].map((type) => ({ type, status }));
    return { code: 200, body: { ...held.resource, status: { conditions } } };
  }

  #list(path: string, selector: string): { code: number; body: JsonValue } {
    if (/\/[^/]+chaos\/[^/]+$/.test(path)) return { code: 404, body: failure(404) };
    const [label = '', value] = selector.split('=');
    const items = [...this.resources].flatMap(([at, { resource }]) => {
      const { labels } = isJsonObject(resource['metadata']) ? resource['metadata'] : {};
      return at.startsWith(`${path}/`) && isJsonObject(labels) && labels[label] === value ? [resource] : [];
    });
    return { code: 200, body: { apiVersion: 'chaos-mesh.org/v1alpha1', kind: 'List', items } };
  }
}

const failure = (code: number): JsonObject => ({ kind: 'Status', status: 'Failure', code, message: `no: ${code}` });
