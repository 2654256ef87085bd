import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { NexusError } from '../../base/errors.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** What the board may do: load and ask this server, and make no script of text. `protectPages` adds what holds for every answer. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** The Release Control Board: the pages that a build has put into `dist/board/`. Whoever asks for data shows a token to the other routes. */
export function mountBoard(app: FastifyInstance, root: string): void {
  const folder = join(root, 'dist', 'board');
  const kept = new Map<string, Asset>();
  app.get('/', async (_request, reply) => reply.redirect('/board/'));
  app.get('/board', async (_request, reply) => reply.redirect('/board/'));
  app.get('/board/assets/:name', async (request, reply) => {
    const { name } = request.params as { name: string };
    // Only names that lie there are read: nothing leads out of the folder.
    const isThere = existsSync(join(folder, 'assets')) && readdirSync(join(folder, 'assets')).includes(name);
    if (!isThere) throw new NexusError('NOT_FOUND', `The board has no file ${name}.`, { hint: 'Load the page again.' });
    return send(asset(kept, join(folder, 'assets', name)), { request, reply, cache: 'public, max-age=31536000, immutable' });
  });
  // The address says what is shown; the page is the same.
  app.get('/board/*', async (request, reply) => {
    const page = join(folder, 'index.html');
    if (!existsSync(page)) {
      throw new NexusError('NOT_BUILT', 'The board has not been built in this checkout.', {
        hint: 'Run `npm ci`, or `npm run build`.',
      });
    }
    // A build under way replaces it, and with it the names of its assets.
    return send(assetOf(page), { request, reply, cache: 'no-cache' });
  });
}

interface Asset {
  type: string;
  plain: Buffer;
  gzip: Buffer;
  brotli: Buffer;
}

function asset(kept: Map<string, Asset>, path: string): Asset {
  const known = kept.get(path) ?? assetOf(path);
  kept.set(path, known);
  return known;
}

function assetOf(path: string): Asset {
  const plain = readFileSync(path);
  return {
    type: TYPES[extname(path)] ?? 'application/octet-stream',
    plain,
    gzip: gzipSync(plain, { level: 9 }),
    brotli: brotliCompressSync(plain),
  };
}

function send(
  { type, plain, gzip, brotli }: Asset,
  { request, reply, cache }: { request: FastifyRequest; reply: FastifyReply; cache: string },
): FastifyReply {
  const accepted = request.headers['accept-encoding'] ?? '';
  const encoding = /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : undefined;
  reply.headers(HEADERS).headers({ 'cache-control': cache, vary: 'accept-encoding' }).type(type);
  if (encoding === undefined) return reply.send(plain);
  return reply.header('content-encoding', encoding).send(encoding === 'br' ? brotli : gzip);
}
