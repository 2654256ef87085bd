import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { hexOf, sha256 } from '../../../base/digest.ts';
import { NexusError } from '../../../base/errors.ts';
import { canonicalBytes, type JsonObject } from '../../../base/json.ts';
import type { ObjectPlace } from './object-place.ts';
import type { PromotionStep, PromotionTarget, Release, StepResults } from './promotion.ts';
import { genericPurl, RELEASE_FILE, signedRelease, signStep } from './release-statement.ts';

/**
 * Carries a release into a place of objects: the export as a folder of its own (`missions/ID/`), which verifies when it is fetched, then
 * the assets, and the index last. Whoever finds the index finds all of it.
 */
export function objectTarget(address: string, place: ObjectPlace): PromotionTarget {
  return {
    address,
    steps(release, seal) {
      const contents = contentsOf(release);
      const statement: Content = {
        key: `assets/${release.mission}/${RELEASE_FILE}`,
        read: (results) => signedRelease(results, seal),
      };
      const index = `index/${release.mission}.json`;
      return [
        { name: 'probe', what: `look at ${address}`, act: async () => ({ ...(await place.probe()) }) },
        ...contents.map((content) => putStep(place, content)),
        signStep(release, genericPurl(release), seal),
        putStep(place, statement),
        {
          name: 'index',
          what: `write ${index}, which names all of them`,
          act: (results) => put(place, { key: index, bytes: indexOf(release, [...contents, statement], results) }, 'replace'),
        },
      ];
    },
  };
}

interface Content {
  key: string;
  /** Where it is known before anything is done. */
  size?: number;
  read: (results: StepResults) => Uint8Array;
}

function contentsOf({ mission, dir, files, assets }: Release): Content[] {
  return [
    ...files.map(({ path, size }) => ({ key: `missions/${mission}/${path}`, size, read: () => readFileSync(join(dir, path)) })),
    ...[...assets].map(([name, bytes]) => ({ key: `assets/${mission}/${name}`, size: bytes.length, read: () => bytes })),
  ];
}

function putStep(place: ObjectPlace, { key, size, read }: Content): PromotionStep {
  return {
    name: `object ${key}`,
    what: `write ${key}${size === undefined ? '' : ` (${size} bytes)`}`,
    act: (results) => put(place, { key, bytes: read(results) }, 'keep'),
  };
}

/** What is there already is what an earlier run has left, or is not ours to replace. */
async function put(
  place: ObjectPlace,
  { key, bytes }: { key: string; bytes: Uint8Array },
  existing: 'keep' | 'replace',
): Promise<JsonObject> {
  const digest = sha256(bytes);
  const there = await place.head(key);
  if (there?.digest === digest) return { digest, ...(there.version !== undefined && { version: there.version }) };
  if (there !== undefined && existing === 'keep') {
    throw new NexusError('PROMOTION_CONFLICT', `${key} holds something else already.`, {
      hint: 'Promote to another prefix, or take that object away; nothing was replaced.',
      details: { key, digest, found: there.digest },
    });
  }
  const { version } = await place.put(key, bytes, digest);
  return { digest, ...(version !== undefined && { version }) };
}

function indexOf(release: Release, contents: readonly Content[], results: StepResults): Buffer {
  const { mission, head, specification, finishedAt, checkpoint } = release;
  return canonicalBytes({
    apiVersion: 'agentnexus.dev/v1',
    kind: 'ReleaseIndex',
    mission,
    head,
    specification,
    finishedAt,
    checkpoint,
    objects: contents.map(({ key, read }) => {
      const version = results.get(`object ${key}`)?.['version'];
      const bytes = read(results);
      return { key, size: bytes.length, sha256: hexOf(sha256(bytes)), ...(typeof version === 'string' && { version }) };
    }),
  });
}
