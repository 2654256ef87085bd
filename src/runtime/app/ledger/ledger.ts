import { leafHash } from '../../log/merkle.ts';
import { fsck as checkLog } from '../../log/fsck.ts';
import { formatProof } from '../../log/proof.ts';
import { withHistory } from '../host/history.ts';
import { logVerifier } from './keys.ts';
import type { Handler } from '../operations.ts';
import { findWorkspace } from '../workspace.ts';

/** The log's last signed head. */
export const checkpoint: Handler<'ledger.checkpoint'> = (_input, context) =>
  withHistory(context, ({ log, workspace }) => {
    const { size = 0, rootHash = '', note = '' } = log.checkpoint() ?? {};
    return { kind: 'Checkpoint', origin: logVerifier(workspace).name, size, rootHash, note };
  });

/** That an entry is in the log, for somebody who has nothing but the log's public key. */
export const prove: Handler<'ledger.prove'> = ({ seq }, context) =>
  withHistory(context, ({ log }) => {
    const { apiVersion: _, ...entry } = JSON.parse(log.leafBody(seq).toString('utf8'));
    return {
      kind: 'Proof',
      seq,
      leafHash: leafHash(log.leafBody(seq)).toString('base64'),
      proof: formatProof(log.prove(seq)),
      entry,
    };
  });

/** Hashes the whole log again. */
export const fsck: Handler<'ledger.fsck'> = async (_input, context) => {
  const workspace = findWorkspace(context);
  const { entries, tiles, checkpoints, unsigned, faults } = checkLog(workspace.dir, { verifier: logVerifier(workspace) });
  return { kind: 'Fsck', result: faults.length === 0 ? 'clean' : 'damaged', entries, tiles, checkpoints, unsigned, faults };
};
