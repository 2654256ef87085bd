import type { ConnectRouter, HandlerContext } from '@connectrpc/connect';

import { NexusError } from '../../../base/errors.ts';
import { BUNDLE_LIMITS } from '../../../spec/bundle/bundle-limits.ts';
import { CONTRACTS } from '../../app/operation-contracts.ts';
import { findMission } from '../../mission/queries.ts';
import type { Counter } from '../counter.ts';
import { packProof } from '../pack-proof.ts';
import { UPLOAD } from '../specification-desk.ts';
import {
  type SendContentRequest,
  type SendManifestRequest,
  type SendSpecificationRequest,
  SpecificationService,
} from './generated/agentnexus/v1/specification_service_pb.ts';
import { struct } from './message.ts';
import { caller, streaming, unary } from './rpc.ts';

/** `agentnexus.v1.SpecificationService`. */
export function specificationService(router: ConnectRouter, counter: Counter): void {
  router.service(SpecificationService, {
    sendSpecification: unary(counter, async (pieces: AsyncIterable<SendSpecificationRequest>, context) => {
      const who = await caller(counter, SENDING, context);
      const { content, first } = await joined(pieces, UPLOAD);
      const { digest, validation } = await counter.keep(content, first?.mediaType ?? '', who);
      return { digest, validation: struct(JSON.stringify(validation)) };
    }),
    sendManifest: unary(counter, async ({ name, files }: SendManifestRequest, context) => {
      const who = await caller(counter, SENDING, context);
      const listed = files.map(({ path, digest, size }) => ({ path, digest, size: Number(size) }));
      const kept = await counter.keepManifest(Buffer.from(JSON.stringify({ name, files: listed })), who);
      return 'missing' in kept ? kept : { digest: kept.digest, validation: struct(JSON.stringify(kept.validation)) };
    }),
    sendContent: unary(counter, async (pieces: AsyncIterable<SendContentRequest>, context) => {
      await caller(counter, SENDING, context);
      const { content, first } = await joined(pieces, BUNDLE_LIMITS.fileBytes);
      counter.desk.manifests.put(first?.specification ?? '', first?.digest ?? '', content);
      return {};
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

const SENDING = { scope: 'specifications:write', operation: 'validate' } as const;

/** All that was sent, of so many bytes at most, and the piece that says what it is. */
async function joined<Piece extends { content: Uint8Array }>(
  pieces: AsyncIterable<Piece>,
  most: number,
): Promise<{ content: Buffer; first: Piece | undefined }> {
  const all: Piece[] = [];
  let size = 0;
  for await (const piece of pieces) {
    size += piece.content.length;
    if (size > most) throw new NexusError('BUNDLE_TOO_LARGE', `What is sent may have ${most} bytes.`, { hint: 'Send less.' });
    all.push(piece);
  }
  return { content: Buffer.concat(all.map((piece) => piece.content)), first: all[0] };
}
