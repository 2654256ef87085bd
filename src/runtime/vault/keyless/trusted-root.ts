import type { TrustedRoot } from '@sigstore/protobuf-specs';

import { messageOf, NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject } from '../../../base/json.ts';
import { parseStrictJson } from '../strict-json.ts';

/** Bytes of a trusted root; that of the public instance has 8 kB. */
const MAX_ROOT = 2 ** 20;

const MEDIA_TYPE = /^application\/vnd\.dev\.sigstore\.trustedroot(\+json;version=0\.1|\.v0\.2\+json)$/;

/** The text of a Sigstore trusted root (`trusted_root.json`): whom certificates, logs and time stamps are believed from. Throws `TRUSTED_ROOT_UNUSABLE`. */
export function parseTrustedRoot(text: string): JsonObject {
  try {
    if (text.length > MAX_ROOT) throw new Error('it is too large');
    const root = parseStrictJson(text);
    const mediaType = isJsonObject(root) ? root['mediaType'] : undefined;
    if (!isJsonObject(root) || typeof mediaType !== 'string' || !MEDIA_TYPE.test(mediaType))
      throw new Error('its mediaType is not that of one');
    return root;
  } catch (error) {
    throw unusable(messageOf(error), error);
  }
}

/** Several roots as one: what any of them believes is believed. Throws `TRUSTED_ROOT_UNUSABLE`. */
export async function mergeTrustedRoots(texts: readonly string[]): Promise<TrustedRoot> {
  const { TrustedRoot: format } = await import('@sigstore/protobuf-specs');
  return mergedRoots(texts, format);
}

/** The same, for whoever has `@sigstore/protobuf-specs` already. */
export function mergedRoots(texts: readonly string[], format: { fromJSON: (object: unknown) => TrustedRoot }): TrustedRoot {
  const roots = texts.map((text) => {
    try {
      return format.fromJSON(parseTrustedRoot(text));
    } catch (error) {
      throw error instanceof NexusError ? error : unusable(messageOf(error), error);
    }
  });
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: roots.flatMap(({ tlogs }) => tlogs),
    certificateAuthorities: roots.flatMap(({ certificateAuthorities }) => certificateAuthorities),
    ctlogs: roots.flatMap(({ ctlogs }) => ctlogs),
    timestampAuthorities: roots.flatMap(({ timestampAuthorities }) => timestampAuthorities),
  };
}

/** Whether it says whose certificates to believe; a root without them is only about a log. */
export function namesAuthorities(text: string): boolean {
  const authorities = parseTrustedRoot(text)['certificateAuthorities'];
  return Array.isArray(authorities) && authorities.length > 0;
}

function unusable(why: string, cause?: unknown): NexusError {
  return new NexusError('TRUSTED_ROOT_UNUSABLE', `What was given is no Sigstore trusted root: ${why}.`, {
    hint: 'It is the `trusted_root.json` of a Sigstore instance; `cosign trusted-root create` and `spec-kit ledger trusted-root` write such files.',
    cause,
  });
}
