import { abreast } from '../../base/abreast.ts';
import { NexusError } from '../../base/errors.ts';
import { type ManifestedBundle, MANIFEST_TYPE } from '../../runtime/app/source/bundle-manifest.ts';
import type { RemoteClient } from '../../runtime/app/remote/remote-client.ts';

/** Contents on their way at once. */
const ABREAST = 8;

/** Sends what a control plane lacks of a bundle, which is known there by its digest then. Throws `REMOTE_UNREACHABLE`. Nothing is sent that is not of the bundle, whatever is asked for. */
export async function sendBundle({ manifest, digest, contents }: ManifestedBundle, client: RemoteClient): Promise<void> {
  const said = { type: MANIFEST_TYPE, bytes: Buffer.from(JSON.stringify(manifest)) };
  // A second time where something is lost meanwhile.
  for (let turn = 0; turn < 3; turn += 1) {
    const { kind, items } = await client.json('/v1/specifications', { method: 'POST', content: said });
    if (kind !== 'MissingContents') return;
    const asked = new Set<unknown>(Array.isArray(items) ? items : []);
    const missing = [...contents].filter(([each]) => asked.has(each));
    await abreast(missing, ABREAST, async ([each, bytes]) => sendContent(`${digest}/contents/${each}`, bytes, client));
  }
  throw new NexusError('REMOTE_UNREACHABLE', 'The control plane does not keep what it is sent.', {
    hint: 'See that `agentnexus serve` runs there, in a workspace that nobody removes anything from.',
  });
}

async function sendContent(place: string, bytes: Buffer, client: RemoteClient): Promise<void> {
  await client.maybe(`/v1/specifications/${place}`, { method: 'PUT', content: { type: 'application/octet-stream', bytes } });
}
