import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { NexusError } from '../../base/errors.ts';
import { BUNDLE_LIMITS } from '../../spec/bundle/bundle-limits.ts';
import { MANIFEST_TYPE } from '../app/source/bundle-manifest.ts';
import { type Counter, documentOf } from './counter.ts';
import type { Principal } from './principal.ts';
import { MANIFEST } from './read-manifest.ts';
import { UPLOAD, UPLOAD_TYPES } from './specification-desk.ts';

/** How specifications are sent: whole, or as a manifest and then the contents that are missing here. */
export function mountSpecifications(app: FastifyInstance, counter: Counter): void {
  const types = [...Object.keys(UPLOAD_TYPES).map((type) => [type, UPLOAD] as const), [MANIFEST_TYPE, MANIFEST] as const];
  for (const [type, bodyLimit] of types) {
    app.addContentTypeParser(type, { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body));
  }
  for (const url of ['/v1/specifications', '/specifications']) {
    app.post(url, async (request, reply) => take(request, reply, counter));
  }
  const limit = { bodyLimit: BUNDLE_LIMITS.fileBytes };
  app.put('/v1/specifications/:specification/contents/:digest', limit, async (request, reply) => {
    await allowed(request, counter);
    const { specification = '', digest = '' } = request.params as Record<string, string>;
    counter.desk.manifests.put(specification, digest, bytesOf(request, 'application/octet-stream'));
    return reply.code(204).send();
  });
}

async function take(request: FastifyRequest, reply: FastifyReply, counter: Counter): Promise<object> {
  const who = await allowed(request, counter);
  const content = bytesOf(request, [...Object.keys(UPLOAD_TYPES), MANIFEST_TYPE].join(', '));
  const type = request.headers['content-type'] ?? '';
  const isManifest = type.split(';', 1)[0]?.trim().toLowerCase() === MANIFEST_TYPE;
  const kept = isManifest ? await counter.keepManifest(content, who) : await counter.keep(content, type, who);
  const { digest } = kept;
  if ('missing' in kept) {
    reply.code(202);
    const missing = { items: kept.missing, upload: digest };
    return documentOf({ kind: 'MissingContents', ...missing });
  }
  reply.code(201).header('location', `/v1/specifications/${digest}`);
  return { ...kept.validation, upload: digest };
}

const allowed = async (request: FastifyRequest, { gate }: Counter): Promise<Principal> =>
  gate.allowed(request, { scope: 'specifications:write', operation: 'validate' });

function bytesOf({ body, headers }: FastifyRequest, types: string): Buffer {
  if (Buffer.isBuffer(body)) return body;
  throw new NexusError('USAGE', `Nothing can be read from a body of type ${headers['content-type'] ?? 'unknown'} here.`, {
    hint: `It is sent as ${types}.`,
  });
}
