import type { FastifyInstance, FastifyRequest } from 'fastify';

import { NexusError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject } from '../../base/json.ts';
import { call } from '../app/call.ts';
import type { OperationName, RecordInput } from '../app/operations.ts';
import { checkInput, CONTRACTS } from '../app/operation-contracts.ts';
import type { RecordView } from '../app/ledger/ledger-views.ts';
import { type Counter, documentOf } from './counter.ts';
import type { Principal } from './principal.ts';

export interface LedgerOptions {
  /** Anybody may read the log as tiles and record signatures in it; else whoever has the scopes `ledger:read` and `ledger:write`. */
  isPublic?: boolean | undefined;
}

/** Bytes of a record; its leaf may have 64 kB. */
const RECORD = 65_536;

/** Full tiles never change. */
const FOREVER = 'public, max-age=31536000, immutable';

/**
 * The log as others' programs speak to it: as static files (c2sp.org/tlog-tiles), at the root and where Rekor v2 has them, and the write API of Rekor v2 for records of kind
 * `hashedrekord` (github.com/sigstore/rekor-tiles, api/proto/rekor/v2/rekor_service.proto).
 */
export function mountLedger(app: FastifyInstance, counter: Counter, { isPublic = false }: LedgerOptions = {}): void {
  const { log } = counter.host.engine;

  const allowed = async (request: FastifyRequest, operation: OperationName): Promise<Principal> => {
    if (isPublic && request.headers.authorization === undefined) return ANYBODY;
    return counter.gate.allowed(request, { scope: CONTRACTS[operation].scope, operation });
  };

  /** Who asks is known before anything that they sent is looked at. */
  const record = async (request: FastifyRequest, input: (body: JsonObject) => RecordInput): Promise<RecordView> => {
    const who = await allowed(request, 'ledger.record');
    return call('ledger.record', await checkInput('ledger.record', input(objectOf(request))), counter.context(who));
  };

  for (const prefix of ['', '/api/v2']) {
    app.get(`${prefix}/checkpoint`, async (request, reply) => {
      await allowed(request, 'ledger.checkpoint');
      const note = log.checkpoint()?.note;
      if (note === undefined) throw new NexusError('NOT_FOUND', 'The log has no entries yet.');
      return reply.type('text/plain; charset=utf-8').header('cache-control', 'no-cache').send(note);
    });
    app.get(`${prefix}/tile/*`, async (request, reply) => {
      await allowed(request, 'ledger.checkpoint');
      const path = `tile/${(request.params as { '*': string })['*']}`;
      const bytes = log.tileFile(path);
      if (bytes === undefined) throw new NexusError('NOT_FOUND', `The log has no ${path}.`);
      return reply.type('application/octet-stream').header('cache-control', FOREVER).send(bytes);
    });
  }
  app.post('/api/v2/log/entries', { bodyLimit: RECORD }, async (request, reply) => {
    const { entry } = await record(request, (body) => ({ request: body }));
    return reply.code(201).send(entry);
  });
  app.post('/ledger/record', async (request, reply) => {
    return reply.code(201).send(documentOf(await record(request, (body) => body)));
  });
}

const ANYBODY: Principal = { name: 'anybody', scopes: new Set(['ledger:read', 'ledger:write']) };

function objectOf({ body }: FastifyRequest): JsonObject {
  if (isJsonObject(body)) return body;
  throw new NexusError('USAGE', 'A record is a JSON object.');
}
