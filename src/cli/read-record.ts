import { readFileSync } from 'node:fs';

import { messageOf, NexusError } from '../base/errors.ts';
import { isJsonObject, type JsonObject, parsedJson } from '../base/json.ts';

/** A file that a command is to send on. Throws `USAGE`. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new NexusError('USAGE', `${path} cannot be read: ${messageOf(error)}`);
  }
}

/** A Sigstore bundle in a file, as far as it is JSON. Throws `USAGE`. */
export function readBundleFile(path: string): JsonObject {
  const bundle = parsedJson(readText(path));
  if (isJsonObject(bundle)) return bundle;
  throw new NexusError('USAGE', `${path} is no Sigstore bundle: it is not a JSON object.`);
}
