import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { sha256 } from '../../../base/digest.ts';
import { NexusError } from '../../../base/errors.ts';
import { canonicalBytes, isJsonObject, type JsonObject } from '../../../base/json.ts';
import { findMission, type MissionRow } from '../../mission/queries.ts';
import { type ContentStore, openContentStore } from '../../vault/content-store.ts';
import { cycloneDx } from '../../vault/sbom/cyclonedx.ts';
import { inventoryOf } from '../../vault/sbom/inventory.ts';
import { spdx } from '../../vault/sbom/spdx.ts';
import { parseTreeListing, type TreeEntry } from '../../vault/tree-listing.ts';
import { runSyft } from '../../workspace/syft.ts';
import { readConfig } from '../config.ts';
import { withHistory } from '../host/history.ts';
import type { Handler, SbomFormat } from '../operations.ts';
import type { Workspace } from '../workspace.ts';

/** What a mission's product is made of, from its files alone; or as Syft sees them. */
export const sbom: Handler<'evidence.sbom'> = ({ mission, format, syft = false }, context) =>
  withHistory(context, async ({ log, workspace }) => {
    const row = findMission(log.db, mission);
    const store = openContentStore(workspace.dir);
    const tree = treeOf(row, store);
    const document = syft
      ? await bySyft(format, tree, { store, workspace })
      : sbomOf(format, tree, { store, name: row.specification });
    const digest = sha256(canonicalBytes(document));
    return { kind: 'Sbom', mission: row.id, format, tool: syft ? 'syft' : 'agentnexus', digest, document };
  });

/** The built-in document: the same tree has the same one. */
export function sbomOf(
  format: SbomFormat,
  tree: readonly TreeEntry[],
  { store, name }: { store: Pick<ContentStore, 'get'>; name: string },
): JsonObject {
  const read = ({ digest }: TreeEntry): Uint8Array => store.get(digest);
  const inventory = inventoryOf(tree, read, name);
  return format === 'spdx' ? spdx(inventory, read) : cycloneDx(inventory);
}

function treeOf({ id, head, state }: MissionRow, store: ContentStore): TreeEntry[] {
  if (head !== null) return parseTreeListing(store.get(head));
  throw new NexusError('MISSION_STATE', `Mission ${id} is ${state}, and has no product yet.`, {
    hint: 'Let it finish: `spec-kit resume`.',
    details: { mission: id, state },
  });
}

async function bySyft(
  format: SbomFormat,
  tree: readonly TreeEntry[],
  { store, workspace }: { store: ContentStore; workspace: Workspace },
): Promise<JsonObject> {
  mkdirSync(workspace.scratch, { recursive: true });
  const scratch = mkdtempSync(join(workspace.scratch, 'sbom-'));
  try {
    const product = join(scratch, 'product');
    for (const { path, digest } of tree) {
      mkdirSync(dirname(join(product, path)), { recursive: true });
      writeFileSync(join(product, path), store.get(digest));
    }
    const document: unknown = JSON.parse(await runSyft(product, { format, home: scratch, path: readConfig().path }));
    if (isJsonObject(document)) return document;
    throw new NexusError('TOOL_MISSING', 'Syft has written no document.');
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
