import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { messageOf, NexusError } from '../../../base/errors.ts';
import { parseWitnessKey, type WitnessKey } from '../../log/cosignature.ts';
import type { Log } from '../../log/log.ts';
import { askWitness, type Cosignature } from '../../vault/ledger/ask-witness.ts';
import { publishLog } from '../../vault/ledger/publish-log.ts';
import { openKeys } from './keys.ts';
import type { CallContext, Handler, PublishInput } from '../operations.ts';
import { objectPlaceAt } from '../evidence/promotion-target.ts';
import { findWorkspace, type Workspace } from '../workspace.ts';
import { openWriterLog } from '../host/writer-log.ts';

/** Publishes the log as static files; what witnesses have signed goes with the checkpoint. */
export const publishLedger: Handler<'ledger.publish'> = async (input, context) => {
  const { address, place } = objectPlaceAt(input.to, { cwd: context.cwd, endpoint: input.endpoint });
  const witnesses = witnessesOf(input, context);
  return withLog(context, async (workspace, log) => {
    const keys = openKeys(workspace);
    const verifier = keys.log();
    const cosignatures: Cosignature[] = [];
    const cosign = async (note: string): Promise<string[]> => {
      for (const witness of witnesses) cosignatures.push(await askWitness(log, note, witness));
      // Before strangers can see it: should this process die now, the log must not fall back behind it.
      keys.setPublished(note);
      return cosignatures.map(({ line }) => line);
    };
    const { note, size, before, files } = await publishLog(log, place, { verifier, cosign });
    const names = cosignatures.map(({ witness }) => witness);
    // An entry that tells of nothing but the entry before it would have to be published in turn.
    if (size - before > 1)
      await log.append([{ kind: 'ledger.published', data: { target: address, size, files, witnesses: names } }]);
    return { kind: 'Publication', origin: verifier.name, target: address, size, before, files, witnesses: names, note };
  });
};

/** Has one witness sign the head of the log as it stands. */
export const witnessLedger: Handler<'ledger.witness'> = async ({ url, key }, context) => {
  const [witness] = witnessesOf({ witness: [url], witnessKey: [key] }, context);
  if (witness === undefined) throw new NexusError('USAGE', 'No witness is named.');
  return withLog(context, async (workspace, log) => {
    const head = log.checkpoint();
    if (head === undefined) throw new NexusError('NOT_FOUND', 'The log has no entries yet.');
    const { witness: name, line, at } = await askWitness(log, head.note, witness);
    openKeys(workspace).setPublished(head.note);
    await log.append([{ kind: 'ledger.cosigned', data: { witness: name, size: head.size, line, at } }]);
    return { kind: 'Cosignature', witness: name, at, size: head.size, note: `${head.note}${line}\n` };
  });
};

async function withLog<T>(context: CallContext, use: (workspace: Workspace, log: Log) => Promise<T>): Promise<T> {
  const workspace = findWorkspace(context);
  const log = openWriterLog(workspace);
  try {
    return await use(workspace, log);
  } finally {
    log.close();
  }
}

function witnessesOf(
  { witness = [], witnessKey = [] }: Pick<PublishInput, 'witness' | 'witnessKey'>,
  { cwd }: CallContext,
): { url: string; key: WitnessKey }[] {
  if (witness.length !== witnessKey.length) {
    throw new NexusError('USAGE', 'Each witness needs its key, and each key its witness.', {
      hint: 'Write --witness URL --witness-key FILE, once for each.',
    });
  }
  return witness.map((url, at) => {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw new NexusError('USAGE', `\`${url}\` is no address of a witness.`);
    return { url, key: parseWitnessKey(readText(resolve(cwd, witnessKey[at] ?? ''))) };
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new NexusError('USAGE', `The key file ${path} cannot be read: ${messageOf(error)}`, {
      hint: 'It holds the one line of a witness: NAME+KEYID+BASE64.',
    });
  }
}
