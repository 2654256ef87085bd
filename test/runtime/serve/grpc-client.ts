import { join } from 'node:path';

import {
  type ChannelCredentials,
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const FOLDER = join(import.meta.dirname, '../../../schemas/proto');
const FILES = ['agentnexus/v1/mission_service', 'agentnexus/v1/operation_service', 'agentnexus/v1/specification_service'];

type Callback = (error: ServiceError | null, value: Answer) => void;
type Method = (request: object, metadata: Metadata, options: object, callback?: Callback) => ClientReadableStream<Answer>;
type Upload = (metadata: Metadata, callback: Callback) => { write: (piece: object) => void; end: () => void };

/** Members of answers that tests look at. */
export interface Answer {
  mission: { id: string; state: string; tasks: { total: number } };
  missions: { id: string }[];
  nextPageToken: string;
  tasks: { id: string }[];
  session: object;
  task: string;
  sessions: { agentId: string; lifecycle: string; task: string }[];
  operations: { name: string }[];
  document: Struct;
  digest: string;
  missing: string[];
  validation: Struct;
  content: Buffer;
  status: string;
  cursor: string;
  message: 'event' | 'closed';
  event: { id: string; type: string; source: string; data: Struct };
  closed: { cursor: string };
}

interface Value {
  kind: 'nullValue' | 'numberValue' | 'stringValue' | 'boolValue' | 'structValue' | 'listValue';
  numberValue?: number;
  stringValue?: string;
  boolValue?: boolean;
  structValue?: Struct;
  listValue?: { values: Value[] };
}

export interface Struct {
  fields: Record<string, Value>;
}

/** A standard client of gRPC (`@grpc/grpc-js`), which knows nothing but the `.proto` files. */
export class GrpcClient {
  readonly #metadata = new Metadata();
  readonly #clients = new Map<string, InstanceType<ServiceClientConstructor>>();

  constructor(address: string, token: string, channel: ChannelCredentials = credentials.createInsecure()) {
    if (token !== '') this.#metadata.set('authorization', `Bearer ${token}`);
    const files = [...FILES, 'workspace/session_service', 'grpc/health/v1/health'].map((name) => join(FOLDER, `${name}.proto`));
    const loaded = loadSync(files, { includeDirs: [FOLDER], longs: Number, enums: String, oneofs: true, defaults: true });
    const packages = loadPackageDefinition(loaded);
    for (const name of Object.keys(loaded)) {
      const found = name.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], packages);
      if (typeof found === 'function') this.#clients.set(name, new (found as ServiceClientConstructor)(address, channel));
    }
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
  }

  async unary(path: string, request: object, { deadline }: { deadline?: number } = {}): Promise<Answer> {
    const options = deadline === undefined ? {} : { deadline: Date.now() + deadline };
    return new Promise((resolve, reject) => {
      (this.#method(path) as Method)(request, this.#metadata, options, (error, value) =>
        error ? reject(error) : resolve(value),
      );
    });
  }

  stream(path: string, request: object, { deadline }: { deadline?: number } = {}): ClientReadableStream<Answer> {
    const options = deadline === undefined ? {} : { deadline: Date.now() + deadline };
    return (this.#method(path) as Method)(request, this.#metadata, options);
  }

  async upload(path: string, pieces: readonly object[]): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = (this.#method(path) as Upload)(this.#metadata, (error, value) => (error ? reject(error) : resolve(value)));
      for (const piece of pieces) call.write(piece);
      call.end();
    });
  }

  #method(path: string): unknown {
    const [service = '', name = ''] = path.split('/');
    const client = this.#clients.get(service);
    const method = client?.[name];
    if (client === undefined || method === undefined) throw new Error(`there is no ${path}`);
    return method.bind(client);
  }
}

/** `google.protobuf.Struct` as JSON, and back. */
export function jsonOf({ fields }: Struct): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plain(value)]));
}

function plain(value: Value): unknown {
  if (value.kind === 'nullValue') return null;
  if (value.kind === 'structValue' && value.structValue !== undefined) return jsonOf(value.structValue);
  return value.kind === 'listValue' ? value.listValue?.values.map(plain) : value[value.kind];
}

export function structOf(object: object): object {
  return { fields: Object.fromEntries(Object.entries(object).map(([name, value]) => [name, valueOf(value)])) };
}

function valueOf(value: unknown): object {
  if (value === null) return { nullValue: 0 };
  if (Array.isArray(value)) return { listValue: { values: value.map(valueOf) } };
  if (typeof value === 'object') return { structValue: structOf(value) };
  if (typeof value === 'number') return { numberValue: value };
  return typeof value === 'boolean' ? { boolValue: value } : { stringValue: value };
}
