import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { sha256 } from '../../../src/base/digest.ts';
import { archiveAddress } from '../../../src/runtime/workspace/archive-address.ts';
import { downloadArchive, type DownloadOptions } from '../../../src/runtime/workspace/download-archive.ts';

const BYTES = Buffer.from('not looked into here');

let temp: string;
let server: Server;
let origin: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
beforeEach(async () => {
  temp = mkdtempSync(join(tmpdir(), 'download-'));
  answer = (_, response) => void response.end(BYTES);
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(temp, { recursive: true, force: true });
});

const download = (path: string, options: DownloadOptions = {}) => {
  const address = archiveAddress(origin + path);
  if (address === undefined) throw new Error(`${path} is no address`);
  return downloadArchive(address, { temp, ...options });
};

/** How it fails; nothing of it may be left. */
async function failure(path: string, options: DownloadOptions = {}): Promise<unknown> {
  const error = await download(path, options).then(
    ({ remove }) => {
      remove();
      return 'it was downloaded';
    },
    (thrown: unknown) => thrown,
  );
  expect(readdirSync(temp)).toEqual([]);
  return error;
}

const redirection =
  (to: string, status = 302) =>
  ({ url = '' }: IncomingMessage, response: ServerResponse): void => {
    if (url === to) response.end(BYTES);
    else response.writeHead(status, { location: to }).end();
  };

describe('a download', () => {
  it('is the bytes as they lie there, under the name of the archive, and is gone when it is removed', async () => {
    const packed = gzipSync('tar');
    answer = (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
    const { path, digest, remove } = await download('/x/my%20spec.tar.gz?token=1');
    expect(readFileSync(path)).toEqual(packed);
    expect(basename(path)).toBe('my-20spec.tar.gz');
    expect(digest).toBe(sha256(packed));
    remove();
    expect(readdirSync(temp)).toEqual([]);
  });

  it('is what it must be, or is none', async () => {
    const { digest } = await download(`/a.zip#sha256=${sha256(BYTES).slice(7)}`);
    expect(digest).toBe(sha256(BYTES));
    rmSync(temp, { recursive: true });
    temp = mkdtempSync(join(tmpdir(), 'download-'));
    expect(await failure(`/a.zip#sha256=${'0'.repeat(64)}`)).toMatchObject({
      code: 'BUNDLE_FETCH',
      message: expect.stringContaining(digest),
    });
  });

  it('sends the password of its address, and says it to nobody', async () => {
    origin = origin.replace('//', '//ann:secret@');
    answer = ({ headers }, response) =>
      void response.writeHead(headers.authorization === `Basic ${btoa('ann:secret')}` ? 500 : 200).end();
    expect(await failure('/a.zip?key=secret')).toMatchObject({
      code: 'BUNDLE_FETCH',
      message: expect.not.stringContaining('secret'),
    });
  });

  it.each([301, 302, 303, 307, 308])('follows a redirection on the same server (%i)', async (status) => {
    answer = redirection('/elsewhere', status);
    const { digest } = await download('/a.zip');
    expect(digest).toBe(sha256(BYTES));
  });

  it.each(['http://127.0.0.1:1/a.zip', 'http://169.254.169.254/latest', 'file:///etc/passwd', 'http://', ''])(
    'follows none to another without https: %j',
    async (to) => {
      answer = redirection(to);
      expect(await failure('/a.zip')).toMatchObject({
        code: 'BUNDLE_FETCH',
        message: expect.stringMatching(/https alone|on and on/),
      });
    },
  );

  it('does not follow without end', async () => {
    let asked = 0;
    answer = (_, response) => void response.writeHead(302, { location: `/${++asked}` }).end();
    expect(await failure('/a.zip')).toMatchObject({ code: 'BUNDLE_FETCH', message: expect.stringContaining('on and on') });
    expect(asked).toBe(6);
  });

  it.each([
    ['says that it is', { 'content-length': '1001' }],
    ['turns out to be', {}],
  ])('is given up where it %s larger than it may be', async (_, headers) => {
    answer = (request, response) => {
      request.socket.on('error', () => {});
      response.writeHead(200, headers).end(Buffer.alloc(1001));
    };
    expect(await failure('/a.zip', { limits: { bytes: 1000 } })).toMatchObject({ code: 'BUNDLE_TOO_LARGE' });
    expect(await failure('/a.zip', { limits: { bytes: 1001 } })).toBe('it was downloaded');
  });

  it.each([
    ['answers nothing', () => {}],
    ['stops in the middle', (_: IncomingMessage, response: ServerResponse) => void response.writeHead(200).write('some')],
  ] as const)('ends when its time is up, or nobody wants it: a server that %s', async (_, stalled) => {
    answer = stalled;
    expect(await failure('/a.zip', { limits: { timeoutMs: 100 } })).toMatchObject({
      code: 'BUNDLE_FETCH',
      message: expect.stringContaining('in 0.1 s'),
    });
    expect(await failure('/a.zip', { signal: AbortSignal.timeout(100) })).toMatchObject({ code: 'INTERRUPTED' });
  });

  it('says what became of it', async () => {
    answer = (_, response) => void response.writeHead(404).end();
    expect(await failure('/a.zip')).toMatchObject({ code: 'BUNDLE_NOT_FOUND' });
    answer = (request) => void request.socket.destroy();
    expect(await failure('/a.zip')).toMatchObject({ code: 'BUNDLE_FETCH' });
    answer = (_, response) => void response.writeHead(200, { 'content-length': '100' }).write('cut', () => response.destroy());
    expect(await failure('/a.zip')).toMatchObject({ code: 'BUNDLE_FETCH' });
  });
});
