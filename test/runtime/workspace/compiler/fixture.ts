import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { JsonObject, JsonValue } from '../../../../src/base/json.ts';
import type { Task, TaskKind } from '../../../../src/spec/model.ts';
import { sha256 } from '../../../../src/base/digest.ts';
import type { Artifact } from '../../../../src/runtime/vault/artifact.ts';
import type { Brief, OutputFile } from '../../../../src/runtime/workspace/agent.ts';
import { createCompiler } from '../../../../src/runtime/workspace/compiler/compiler.ts';

/** A task as the graph gives it, reduced to what the compiler looks at. */
export function taskOf(kind: TaskKind, id: string, fragment: JsonValue): Task {
  return {
    id,
    kind,
    fragment,
    title: id,
    optional: false,
    milestone: '',
    priority: 'P1',
    needs: [],
    writes: [],
    requirements: [],
    profile: 'author',
    ability: 'contract-compiler',
    source: { file: 'spec.md', line: 1, column: 1, endLine: 1 },
  };
}

/** Compiles tasks one after another; each is told of the files of all that came before it. */
export class Workshop {
  readonly files = new Map<string, OutputFile>();
  readonly #needs = new Map<string, Artifact[]>();

  async make(kind: TaskKind, id: string, fragment: JsonValue): Promise<OutputFile[]> {
    const result = await this.attempt(kind, id, fragment);
    if (result.outcome === 'failed') throw new Error(result.reason);
    for (const file of result.files) {
      if (this.files.has(file.path)) throw new Error(`two tasks made ${file.path}`);
      this.files.set(file.path, file);
    }
    this.#needs.set(id, result.files.map(artifactOf));
    return result.files;
  }

  attempt(kind: TaskKind, id: string, fragment: JsonValue): ReturnType<ReturnType<typeof createCompiler>['perform']> {
    const brief: Brief = {
      mission: 'mission',
      task: taskOf(kind, id, fragment),
      attempt: 1,
      needs: new Map(this.#needs),
      tree: () => [...this.#needs.values()].flat(),
      read: (path) => new TextEncoder().encode(this.text(path)),
    };
    return createCompiler().perform(brief, new AbortController().signal, async () => undefined);
  }

  text(path: string): string {
    const content = this.files.get(path)?.content;
    if (typeof content !== 'string') throw new Error(`no text at ${path}`);
    return content;
  }

  json(path: string): JsonObject {
    return JSON.parse(this.text(path)) as JsonObject;
  }

  /** Writes everything to a new folder that sees this project's packages. */
  write(): string {
    const folder = mkdtempSync(join(tmpdir(), 'compiled-'));
    for (const { path, content } of this.files.values()) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    symlinkSync(join(import.meta.dirname, '../../../../node_modules'), join(folder, 'node_modules'));
    return folder;
  }
}

function artifactOf({ path, content, type }: OutputFile): Artifact {
  return { path, digest: sha256(content), size: Buffer.byteLength(content), type };
}

export interface ContractDraft {
  name: string;
  slug: string;
  schema: JsonObject;
  refersTo: { name: string; slug: string }[];
}

export function contract(
  name: string,
  slug: string,
  schema: JsonObject,
  refersTo: ContractDraft['refersTo'] = [],
): ContractDraft {
  return { name, slug, schema, refersTo };
}

/** An object schema in which every member is required. */
export function closed(properties: JsonObject): JsonObject {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

export const ORDER = contract(
  'Order',
  'order',
  closed({
    id: { type: 'string', format: 'uuid' },
    state: { type: 'string', enum: ['open', 'paid', 'sent'] },
    total: { type: 'number', minimum: 0, maximum: 1_000_000 },
    lines: {
      type: 'array',
      minItems: 1,
      maxItems: 5,
      items: closed({ sku: { type: 'string', minLength: 1 }, count: { type: 'integer', minimum: 1 } }),
    },
    placedAt: { type: 'string', format: 'date-time' },
    see: { type: 'string', format: 'uri' },
  }),
);

const SHOP: JsonObject = {
  name: 'Shop Desk',
  slug: 'shop-desk',
  responsibilities: ['Takes orders', 'and passes them on.'],
  interfaces: [
    { kind: 'rest', name: 'POST /orders', description: 'REST', method: 'POST', path: '/orders' },
    { kind: 'rest', name: 'GET /orders/{id}', description: 'one order', method: 'GET', path: '/orders/{id}' },
    { kind: 'rest', name: 'GET /orders', description: '', method: 'GET', path: '/orders' },
    { kind: 'rest', name: 'POST /orders', description: 'again', method: 'POST', path: '/orders' },
    { kind: 'rest', name: 'PUT /settings', description: '', method: 'PUT', path: '/settings' },
    { kind: 'topic', name: 'orders.*', description: 'bus topics' },
    { kind: 'websocket', name: 'wss://order-events', description: '' },
    { kind: 'grpc', name: 'shop.DeskService', description: '' },
    { kind: 'sql-view', name: 'analytics.order_summary', description: '' },
    { kind: 'sql-view', name: 'loose', description: '' },
    { kind: 'cli', name: 'shop order', description: 'CLI' },
    { kind: 'bucket', name: 's3://receipts', description: '' },
  ],
  produces: [{ name: 'Order', slug: 'order' }],
  consumes: [{ name: 'Error', slug: 'error' }],
};

export const ERROR = contract('Error', 'error', closed({ message: { type: 'string' } }));

const source = { file: 'spec.md', line: 1, endLine: 1 };

const ASSEMBLY: JsonObject = {
  name: 'shop',
  title: 'Shop | the <b>desk</b>',
  elements: [
    { id: 'contract:order', kind: 'contract', name: 'Order', slug: 'order', source },
    { id: 'contract:error', kind: 'contract', name: 'Error', slug: 'error', source },
    { id: 'component:shop-desk', kind: 'component', name: 'Shop Desk', slug: 'shop-desk', source },
    { id: 'integration:post-office', kind: 'integration', name: 'Post Office', slug: 'post-office', source },
    { id: 'control:c1', kind: 'control', name: 'Nobody waits', slug: 'c1', source },
  ],
  controls: [
    { id: 'control:c1', text: 'Nobody | waits `long`.', section: 'Service', source: { file: 'spec.md', line: 6, endLine: 6 } },
  ],
  lines: [
    { file: 'spec.md', from: 1, to: 1, what: 'heading' },
    { file: 'spec.md', from: 2, to: 2, what: 'contract:order' },
    { file: 'spec.md', from: 3, to: 3, what: 'contract:error' },
    { file: 'spec.md', from: 4, to: 5, what: 'component:shop-desk' },
    { file: 'spec.md', from: 6, to: 6, what: 'control:c1' },
    { file: 'spec.md', from: 7, to: 7, what: 'integration:post-office' },
    { file: 'spec.md', from: 8, to: 9, what: 'blank' },
  ],
};

/** A small package with a part of every kind. */
export async function makeShop(): Promise<Workshop> {
  const shop = new Workshop();
  await shop.make('scaffold', 'scaffold', { name: 'shop', title: 'Shop' });
  await shop.make('contract', 'contract:order', { ...ORDER });
  await shop.make('contract', 'contract:error', { ...ERROR });
  await shop.make('component', 'component:shop-desk', SHOP);
  await shop.make('integration', 'integration:post-office', {
    name: 'Post Office',
    slug: 'post-office',
    purpose: 'sending parcels',
  });
  await shop.make('assemble', 'assemble', ASSEMBLY);
  return shop;
}
