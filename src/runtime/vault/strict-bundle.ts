import type * as bundleFormat from '@sigstore/bundle';
import type { Bundle } from '@sigstore/bundle';

import { parseStrictJson } from './strict-json.ts';

/** `@sigstore/bundle`, which is loaded by whoever needs it. */
export type BundleFormat = Pick<typeof bundleFormat, 'bundleFromJSON' | 'bundleToJSON'>;

const MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** A Sigstore bundle, as strict as protojson is in other verifiers: throws for what the format does not know, or writes otherwise. */
export function parseBundle(bytes: Uint8Array, { bundleFromJSON, bundleToJSON }: BundleFormat): Bundle {
  const json = parseStrictJson(bytes);
  const bundle = bundleFromJSON(json);
  if (bundle.mediaType !== MEDIA_TYPE) throw new Error(`the media type is ${bundle.mediaType}`);
  if (!isWrittenAs(json, bundleToJSON(bundle))) throw new Error('it holds unknown fields or loose encodings');
  return bundle;
}

/** Whether `json` is `written`, but that it may leave out what is empty, as other writers of protojson do. */
function isWrittenAs(json: unknown, written: unknown): boolean {
  if (typeof json !== 'object' || json === null || typeof written !== 'object' || written === null) return json === written;
  if (Array.isArray(json) !== Array.isArray(written)) return false;
  const given = new Map(Object.entries(json));
  for (const [name, value] of Object.entries(written)) {
    if (given.has(name) ? !isWrittenAs(given.get(name), value) : !isEmpty(value)) return false;
    given.delete(name);
  }
  return given.size === 0;
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === '' || value === undefined;
  return Object.values(value).every(isEmpty);
}
