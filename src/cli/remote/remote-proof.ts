import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { NexusError } from '../../base/errors.ts';
import type { JsonObject } from '../../base/json.ts';
import { tarEntries } from '../../spec/archive/tar-entries.ts';
import { call } from '../../runtime/app/call.ts';
import type { CallContext } from '../../runtime/app/operations.ts';
import type { RemoteClient } from '../../runtime/app/remote/remote-client.ts';

interface There {
  client: RemoteClient;
  context: CallContext;
}

/** Fetches the proof of a mission into a folder. Throws `EXPORT_EXISTS`. */
export async function exportRemote(mission: string, out: string, { client, context }: There): Promise<JsonObject> {
  const folder = resolve(context.cwd, out);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new NexusError('EXPORT_EXISTS', `${folder} is not empty.`, {
      hint: 'Name another with --out.',
      details: { path: folder },
    });
  }
  const { files, bytes } = await fetchProof(mission, folder, client);
  const { trust } = await call('verify', { target: folder }, context);
  const keyFor = (use: string): string => trust.find((each) => each.use === use)?.fingerprint ?? '';
  return { kind: 'Export', mission, path: folder, files, bytes, keys: { signing: keyFor('signing'), log: keyFor('log') } };
}

/** Verifies a mission of a control plane here, from its proof: nothing that the control plane says of it is believed. */
export async function verifyRemote(mission: string, there: There): Promise<JsonObject> {
  const folder = mkdtempSync(join(tmpdir(), 'agentnexus-proof-'));
  try {
    await fetchProof(mission, folder, there.client);
    const view = await call('verify', { target: folder }, there.context);
    const plain: JsonObject = JSON.parse(JSON.stringify({ ...view, target: mission }));
    return plain;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fetchProof(mission: string, folder: string, client: RemoteClient): Promise<{ files: number; bytes: number }> {
  return unpack(await client.bytes(`/v1/missions/${encodeURIComponent(mission)}/proof`), folder);
}

/** Paths are checked one by one as they come: the archive is somebody else's. */
async function unpack(packed: Readable, folder: string): Promise<{ files: number; bytes: number }> {
  let [files, bytes] = [0, 0];
  const plain = packed.pipe(createGunzip());
  packed.once('error', (error) => plain.destroy(error));
  for await (const { path, kind, content } of tarEntries(plain, 'the proof', () => true)) {
    if (kind !== 'file' || content === undefined) continue;
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content, { flag: 'wx' });
    files++;
    bytes += content.length;
  }
  return { files, bytes };
}
