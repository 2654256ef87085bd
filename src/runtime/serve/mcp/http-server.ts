import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject } from '../../../base/json.ts';
import type { Wish } from '../auth/gate.ts';
import type { Counter } from '../counter.ts';
import { httpDesk } from './http-tools.ts';
import { Fault, isId, PROTOCOLS, resultOf } from './protocol.ts';

/** What is needed to come in; each tool needs what its operation does, and is refused by itself. */
const DOOR: Wish = { scope: 'missions:read', operation: 'missions' };

/** The Model Context Protocol over HTTP (2025-06-18, Streamable HTTP), without sessions: each message is answered by itself, and nothing is told unasked. */
export function mountMcp(app: FastifyInstance, counter: Counter): void {
  app.post('/mcp', async (request, reply) => {
    const who = await counter.gate.allowed(request, DOOR);
    refuseVersion(request);
    const message = isJsonObject(request.body) ? request.body : {};
    const { id, method, params = {} } = message;
    if (typeof method !== 'string' || !isJsonObject(params)) {
      // An answer: nothing is ever asked of the client.
      if ('result' in message || 'error' in message) return reply.code(202).send();
      throw new NexusError('USAGE', 'It is no request of JSON-RPC 2.0.', {
        hint: 'Send `jsonrpc`, `id`, `method` and `params`.',
      });
    }
    if (!isId(id)) return reply.code(202).send();
    const answer = await resultOf(httpDesk(counter, who, request.ip), { method, params }).then(
      (result) => ({ result }),
      (error: unknown) => {
        if (!(error instanceof Fault)) throw error;
        return { error: { code: error.code, message: error.message } };
      },
    );
    return said(reply, { id, ...answer });
  });
  app.route({
    method: ['GET', 'DELETE'],
    url: '/mcp',
    handler: async (request, reply) => {
      await counter.gate.allowed(request, DOOR);
      return reply.code(405).header('allow', 'POST').send();
    },
  });
}

function said(reply: FastifyReply, message: JsonObject): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(JSON.stringify({ jsonrpc: '2.0', ...message }));
}

function refuseVersion({ headers }: FastifyRequest): void {
  const version = headers['mcp-protocol-version'];
  if (version === undefined || (typeof version === 'string' && PROTOCOLS.includes(version))) return;
  throw new NexusError('USAGE', 'That version of the Model Context Protocol is not spoken here.', {
    hint: `Speak one of ${PROTOCOLS.join(', ')}.`,
  });
}
