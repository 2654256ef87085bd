import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

import { NexusError, systemCode } from '../../../base/errors.ts';
import type { JsonObject } from '../../../base/json.ts';
import { counted } from '../../../base/text.ts';
import { parseYaml } from '../../../spec/documents/parse-yaml.ts';
import { invalidPolicy, readPolicyLayer } from '../../policy/mission-policy.ts';
import type { CallContext } from '../operations.ts';

/** Much more than anybody writes. */
const MAX_BYTES = 65_536;

/** What `--policy` names: the document itself, which may be sent elsewhere. Throws `POLICY_INVALID`. */
export async function policyDocument(policy: string | JsonObject, { cwd }: Pick<CallContext, 'cwd'>): Promise<JsonObject> {
  if (typeof policy !== 'string') return policy;
  const file = resolve(cwd, policy);
  const parsed = parseYaml(textOf(file));
  if ('fault' in parsed) {
    throw invalidPolicy(file, `it is no YAML: ${parsed.fault}.`, { line: parsed.line, column: parsed.column });
  }
  // In full: what is wrong is told of the file that says it.
  await readPolicyLayer(parsed.value, file);
  return parsed.value as JsonObject;
}

function textOf(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > MAX_BYTES)
      throw invalidPolicy(file, `it has ${counted(size, 'byte')}, and may have ${counted(MAX_BYTES, 'byte')}.`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof NexusError) throw error;
    throw invalidPolicy(file, `it cannot be read (${systemCode(error) ?? 'unknown error'}).`);
  }
}
