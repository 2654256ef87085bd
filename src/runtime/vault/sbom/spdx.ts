import { hash } from 'node:crypto';

import { digestOf, hexOf, sha256, uuidOf } from '../../../base/digest.ts';
import type { JsonObject } from '../../../base/json.ts';
import { PRODUCT_VERSION } from '../../../base/version.ts';
import type { TreeEntry } from '../tree-listing.ts';
import type { Inventory } from './inventory.ts';
import type { PackageComponent } from './package-component.ts';
import { inventoryDigest } from './inventory-digest.ts';

const DOCUMENT = 'SPDXRef-DOCUMENT';
const PRODUCT = 'SPDXRef-Product';
const UNSAID = 'NOASSERTION';

/** SPDX wants a time; the same product is to have the same document, as reproducible builds have it. */
const NO_TIME = '1970-01-01T00:00:00Z';

/** SPDX 2.3 (ISO/IEC 5962 has 2.2.1), which wants the SHA-1 of every file, where all else here knows it by its SHA-256: so they are read. */
export function spdx(inventory: Inventory, read: (file: TreeEntry) => Uint8Array): JsonObject {
  const { name, version, files, packages, direct } = inventory;
  const sha1s = files.map((file) => sha1(read(file)));
  const relation = (from: string, type: string, to: string): JsonObject => ({
    spdxElementId: from,
    relationshipType: type,
    relatedSpdxElement: to,
  });
  const byId = new Map(packages.map((each) => [each.id, each]));
  const uses = (from: string, id: string): JsonObject =>
    byId.get(id)?.development === true && from === PRODUCT
      ? relation(refOf(id), 'DEV_DEPENDENCY_OF', from)
      : relation(from, 'DEPENDS_ON', refOf(id));
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: DOCUMENT,
    name,
    documentNamespace: `https://agentnexus.dev/spdx/${uuidOf(digestOf({ spdx: inventoryDigest(inventory) }))}`,
    creationInfo: { created: NO_TIME, creators: [`Tool: agentnexus-${PRODUCT_VERSION}`] },
    packages: [
      {
        SPDXID: PRODUCT,
        name,
        ...(version !== undefined && { versionInfo: version }),
        downloadLocation: UNSAID,
        filesAnalyzed: files.length > 0,
        ...(files.length > 0 && { packageVerificationCode: { packageVerificationCodeValue: sha1(sha1s.toSorted().join('')) } }),
        primaryPackagePurpose: 'APPLICATION',
      },
      ...packages.map(packageOf),
    ],
    files: files.map(({ path, digest }, at) => ({
      SPDXID: fileRef(path),
      fileName: `./${path}`,
      checksums: [
        { algorithm: 'SHA1', checksumValue: sha1s[at] ?? '' },
        { algorithm: 'SHA256', checksumValue: hexOf(digest) },
      ],
      licenseConcluded: UNSAID,
      copyrightText: UNSAID,
    })),
    relationships: [
      relation(DOCUMENT, 'DESCRIBES', PRODUCT),
      ...files.map(({ path }) => relation(PRODUCT, 'CONTAINS', fileRef(path))),
      ...direct.filter((id) => byId.has(id)).map((id) => uses(PRODUCT, id)),
      ...packages.flatMap((each) => each.uses.filter((id) => byId.has(id)).map((id) => uses(refOf(each.id), id))),
    ],
  };
}

function packageOf({ id, name, version, license, sha512, resolved, range }: PackageComponent): JsonObject {
  return {
    SPDXID: refOf(id),
    name,
    ...(version !== undefined && { versionInfo: version }),
    downloadLocation: resolved ?? UNSAID,
    filesAnalyzed: false,
    ...(sha512 !== undefined && { checksums: [{ algorithm: 'SHA512', checksumValue: sha512 }] }),
    // What a manifest says of its licence is a declaration in words of its own, not always an expression of SPDX.
    ...(license !== undefined && { licenseComments: `Declared in the package: ${license}` }),
    ...(range !== undefined && { comment: `Asked for as ${range}; no lock file says which version.` }),
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: id }],
  };
}

const sha1 = (data: Uint8Array | string): string => hash('sha1', data);

/** Letters, digits, dots and dashes alone are allowed. */
function refOf(id: string): string {
  return `SPDXRef-Package-${hexOf(sha256(id)).slice(0, 24)}`;
}

function fileRef(path: string): string {
  return `SPDXRef-File-${hexOf(sha256(path)).slice(0, 24)}`;
}
