import { digestOf, hexOf, uuidOf } from '../../../base/digest.ts';
import type { JsonObject } from '../../../base/json.ts';
import { PRODUCT_VERSION } from '../../../base/version.ts';
import type { Inventory } from './inventory.ts';
import type { PackageComponent } from './package-component.ts';
import { inventoryDigest } from './inventory-digest.ts';

/** Predicate type of a statement that holds such a document. */
export const CYCLONEDX = 'https://cyclonedx.org/bom';

const PRODUCT = 'product';

/** CycloneDX 1.6. No time stands in it: the same product has the same document. */
export function cycloneDx(inventory: Inventory): JsonObject {
  const { name, version, files, packages, direct } = inventory;
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(digestOf({ sbom: inventoryDigest(inventory) }))}`,
    version: 1,
    metadata: {
      tools: { components: [{ type: 'application', name: 'agentnexus', version: PRODUCT_VERSION }] },
      component: { type: 'application', 'bom-ref': PRODUCT, name, ...(version !== undefined && { version }) },
    },
    components: [
      ...files.map(({ path, digest }) => ({
        type: 'file',
        'bom-ref': `file:${path}`,
        name: path,
        hashes: [{ alg: 'SHA-256', content: hexOf(digest) }],
      })),
      ...packages.map(componentOf),
    ],
    dependencies: [
      { ref: PRODUCT, ...(direct.length > 0 && { dependsOn: direct }) },
      ...packages.map(({ id, uses }) => ({ ref: id, ...(uses.length > 0 && { dependsOn: uses }) })),
    ],
  };
}

function componentOf({ id, name, version, range, license, sha512, resolved, development }: PackageComponent): JsonObject {
  const [, group, rest = name] = /^(@[^/]+)\/(.+)$/.exec(name) ?? [];
  return {
    type: 'library',
    'bom-ref': id,
    ...(group !== undefined && { group }),
    name: rest,
    ...(version !== undefined && { version }),
    scope: development ? 'excluded' : 'required',
    ...(sha512 !== undefined && { hashes: [{ alg: 'SHA-512', content: sha512 }] }),
    ...(license !== undefined && { licenses: [{ license: { name: license } }] }),
    purl: id,
    ...(resolved !== undefined && { externalReferences: [{ type: 'distribution', url: resolved }] }),
    ...(range !== undefined && { properties: [{ name: 'agentnexus:range', value: range }] }),
  };
}
