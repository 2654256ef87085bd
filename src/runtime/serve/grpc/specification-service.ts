import type { ConnectRouter, HandlerContext } from '@connectrpc/connect';

import { NexusError } from '../../../base/errors.ts';
import { CONTRACTS } from '../../app/operation-contracts.ts';
import { findMission } from '../../mission/queries.ts';
import type { Counter } from '../counter.ts';
import { packProof } from '../pack-proof.ts';
import { UPLOAD } from '../specification-desk.ts';
import { type SendSpecificationRequest, SpecificationService } from './generated/agentnexus/v1/specification_service_pb.ts';
import { struct } from './message.ts';
import { caller, streaming, unary } from './rpc.ts';

/** `agentnexus.v1.SpecificationService`. */
export function specificationService(router: ConnectRouter, counter: Counter): void {
  router.service(SpecificationService, {
    sendSpecification: unary(counter, async (pieces: AsyncIterable<SendSpecificationRequest>, context) => {
      const who = await caller(counter, { scope: 'specifications:write', operation: 'validate' }, context);
      const { content, mediaType } = await joined(pieces);
      const { digest, validation } = await counter.keep(content, mediaType, who);
      return { digest, validation: struct(JSON.stringify(validation)) };
    }),
    fetchProof: streaming(counter, async function* fetch({ mission }: { mission: string }, context: HandlerContext) {
      const operation = 'evidence.export';
      const who = await caller(counter, { scope: CONTRACTS[operation].scope, operation, mission }, context);
      const { workspace, log } = counter.host.engine;
      const content = await packProof(findMission(log.db, mission).id, workspace.scratch, counter.context(who));
      for await (const piece of content as AsyncIterable<Buffer>) yield { content: piece };
    }),
  });
}

async function joined(pieces: AsyncIterable<SendSpecificationRequest>): Promise<{ content: Buffer; mediaType: string }> {
  const parts: Uint8Array[] = [];
  let size = 0;
  let mediaType = '';
  for await (const piece of pieces) {
    if (mediaType === '') ({ mediaType } = piece);
    size += piece.content.length;
    if (size > UPLOAD) {
      throw new NexusError('BUNDLE_TOO_LARGE', `A specification may have ${UPLOAD} bytes.`, { hint: 'Send less.' });
    }
    parts.push(piece.content);
  }
  return { content: Buffer.concat(parts), mediaType };
}
