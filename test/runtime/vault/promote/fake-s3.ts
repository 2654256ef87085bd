import { hash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface FakeObject {
  bytes: Buffer;
  checksum: string | undefined;
  metadata: string | undefined;
  lock: string | undefined;
  version: number;
}

/** S3 on loopback, path style, as far as a promotion knows it: one bucket, checksums, versions, locks; and the faults that buckets have. */
export class FakeS3 {
  readonly objects = new Map<string, FakeObject>();
  readonly puts: string[] = [];
  /** Answers each PUT of these keys with this many broken connections first. */
  cutOff: { key: string; times: number } | undefined;
  fault: 'none' | 'region' | 'skew' | 'denied' = 'none';
  lock = false;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<FakeS3> {
    const s3 = new FakeS3();
    await new Promise<void>((resolve) => s3.#server.listen(0, '127.0.0.1', resolve));
    return s3;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://s3');
    const [, bucket = '', ...rest] = decodeURIComponent(url.pathname).split('/');
    const key = rest.join('/');
    const cut = this.cutOff;
    if (request.method === 'PUT' && cut !== undefined && key.endsWith(cut.key) && cut.times > 0) {
      cut.times--;
      request.once('data', () => request.socket.destroy());
      return;
    }
    const body = await bytesOf(request);
    if (this.fault === 'region') return refuse(response, 400, 'AuthorizationHeaderMalformed', "the region 'us-east-1' is wrong");
    if (this.fault === 'denied') return refuse(response, 403, 'AccessDenied', 'Access Denied');
    if (this.fault === 'skew') return refuse(response, 403, 'RequestTimeTooSkewed', 'The difference is too large.');
    if (bucket !== 'evidence') return refuse(response, 404, 'NoSuchBucket', 'The specified bucket does not exist');
    if (request.method === 'PUT') return this.#put(key, body, { request, response });
    if (key === '') return this.#bucket(url, response);
    const found = this.objects.get(key);
    if (found === undefined) return refuse(response, 404, 'NoSuchKey', 'The specified key does not exist.');
    response.writeHead(200, headersOf(found)).end(request.method === 'HEAD' ? undefined : found.bytes);
  }

  #bucket(url: URL, response: ServerResponse): void {
    if (!url.searchParams.has('object-lock')) return void response.writeHead(200).end();
    if (!this.lock) return refuse(response, 404, 'ObjectLockConfigurationNotFoundError', 'none');
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end('<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>');
  }

  #put(key: string, bytes: Buffer, { request, response }: { request: IncomingMessage; response: ServerResponse }): void {
    const { headers } = request;
    const checksum = headers['x-amz-checksum-sha256'];
    if (typeof checksum === 'string' && checksum !== hash('sha256', bytes, 'base64'))
      return refuse(response, 400, 'BadDigest', 'no');
    const version = (this.objects.get(key)?.version ?? 0) + 1;
    this.puts.push(key);
    const metadata = headers['x-amz-meta-sha256'];
    const lock = headers['x-amz-object-lock-mode'];
    const stored = {
      bytes,
      checksum: text(checksum),
      metadata: text(metadata),
      lock: this.lock ? text(lock) : undefined,
      version,
    };
    this.objects.set(key, stored);
    response.writeHead(200, { 'x-amz-version-id': `v${version}`, etag: '"x"' }).end();
  }
}

function headersOf({ bytes, checksum, metadata, lock, version }: FakeObject): Record<string, string | number> {
  return {
    'content-length': bytes.length,
    'x-amz-version-id': `v${version}`,
    ...(checksum !== undefined && { 'x-amz-checksum-sha256': checksum }),
    ...(metadata !== undefined && { 'x-amz-meta-sha256': metadata }),
    ...(lock !== undefined && { 'x-amz-object-lock-mode': lock }),
  };
}

function text(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk);
  } catch {
    // The one who sent it has gone.
  }
  return Buffer.concat(chunks);
}
