import { createHash, type KeyObject } from 'node:crypto';

import { compactVerify } from 'jose';

import { messageOf, NexusError } from '../../../base/errors.ts';
import { isJsonObject, parsedJson } from '../../../base/json.ts';
import { parseYaml } from '../../../spec/documents/parse-yaml.ts';
import { bundleFiles, DATA_FILE } from './release-policy.ts';

/*
 * Signatures of OPA bundles, as `opa build --signing-key` makes them: https://www.openpolicyagent.org/docs/management-bundles#signing. One JSON Web Token lists
 * all files with their hashes. Secrets that are shared (HS256) are no keys here: whoever can check could sign.
 */

const SIGNATURES = '.signatures.json';

/** How OPA names its own way to sign. */
const OWN_PLUGIN = '_default';

const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'];

/** Those of OPA's that nobody can make collide, by their names in Node.js. */
const HASHES: Readonly<Record<string, string>> = {
  'SHA-224': 'sha224',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
  'SHA-512-224': 'sha512-224',
  'SHA-512-256': 'sha512-256',
};

/** Every file of the bundle is as `key` has signed it, none is missing, none is more. Throws `RELEASE_POLICY_UNSIGNED`, `RELEASE_POLICY_INVALID`. */
export async function checkSignature(bundle: Buffer, key: KeyObject): Promise<void> {
  const files = bundleFiles(bundle);
  const listed = listedFiles(await signedPayload(tokenIn(files.get(SIGNATURES)), key));
  for (const [path, content] of files) {
    if (path === SIGNATURES) continue;
    const expected = listed.get(path);
    if (expected === undefined) throw unsigned(`${path} is not among the files that are signed`);
    if (digestOf(path, content, expected.algorithm) !== expected.hash) throw unsigned(`${path} is not what was signed`);
    listed.delete(path);
  }
  const [missing] = listed.keys();
  if (missing !== undefined) throw unsigned(`${missing} is signed, and is not there`);
}

function tokenIn(content: Buffer | undefined): string {
  if (content === undefined) throw unsigned(`it has no ${SIGNATURES}`);
  const document = parsedJson(content.toString('utf8'));
  const { signatures, plugin = OWN_PLUGIN } = isJsonObject(document) ? document : {};
  const [token, ...further] = Array.isArray(signatures) ? signatures : [];
  if (typeof token !== 'string' || further.length > 0) throw unsigned(`its ${SIGNATURES} does not hold one signature`);
  if (plugin !== OWN_PLUGIN && plugin !== '') throw unsigned(`its ${SIGNATURES} is for a plugin of OPA`);
  return token;
}

async function signedPayload(token: string, key: KeyObject): Promise<string> {
  try {
    const { payload } = await compactVerify(token, key, { algorithms: ALGORITHMS });
    return Buffer.from(payload).toString('utf8');
  } catch (error) {
    throw unsigned(`its signature is not one of the key: ${messageOf(error)}`, error);
  }
}

interface ListedFile {
  /** Lower-case hexadecimal. */
  hash: string;
  algorithm: string;
}

function listedFiles(payload: string): Map<string, ListedFile> {
  const document = parsedJson(payload);
  const { files, scope = '' } = isJsonObject(document) ? document : {};
  if (scope !== '') throw unsigned(`it is signed for the scope ${JSON.stringify(scope)}`);
  const listed = new Map<string, ListedFile>();
  for (const file of Array.isArray(files) ? files : []) {
    const { name, hash, algorithm } = isJsonObject(file) ? file : {};
    if (typeof name !== 'string' || typeof hash !== 'string' || typeof algorithm !== 'string')
      throw unsigned('what is signed is no list of files');
    listed.set(name.replace(/^\//, ''), { hash: hash.toLowerCase(), algorithm });
  }
  return listed;
}

/** Of a document the hash is over its meaning, of anything else over its bytes. */
function digestOf(path: string, content: Buffer, algorithm: string): string {
  const name = HASHES[algorithm];
  if (name === undefined) throw unsigned(`${path} is signed by its ${algorithm}, which is not good enough`);
  const isDocument = DATA_FILE.test(path) || /(^|\/)\.manifest$/.test(path);
  return createHash(name)
    .update(isDocument ? walked(documentOf(path, content)) : content)
    .digest('hex');
}

/** Numbers of JSON as they are written: 1.50 is another document than 1.5. */
function documentOf(path: string, content: Buffer): unknown {
  const text = content.toString('utf8');
  if (/\.ya?ml$/.test(path)) {
    const result = parseYaml(text);
    if ('fault' in result) throw unsigned(`${path} cannot be read: ${result.fault}`);
    return result.value;
  }
  try {
    return parseWithSource(text, (_, value, { source = '' }) => (typeof value === 'number' ? new NumberText(source) : value));
  } catch (error) {
    throw unsigned(`${path} is no JSON`, error);
  }
}

/** `JSON.parse` also says how each value is written (ECMAScript 2026), which TypeScript does not know yet. */
const parseWithSource = JSON.parse as (
  text: string,
  reviver: (name: string, value: unknown, context: { source?: string }) => unknown,
) => unknown;

class NumberText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** As `walk` of OPA's bundle/hash.go writes a document: no spaces, members sorted by their bytes, text as Go's encoder has it. */
function walked(value: unknown): string {
  if (value instanceof NumberText) return value.text;
  if (Array.isArray(value)) return `[${value.map(walked).join(',')}]`;
  if (typeof value !== 'object' || value === null) return quoted(value);
  const members = Object.entries(value).toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${members.map(([name, member]) => `${quoted(name)}:${walked(member)}`).join(',')}}`;
}

function quoted(value: unknown): string {
  return JSON.stringify(value).replace(/[\u2028\u2029]/g, (end) => `\\u${end.charCodeAt(0).toString(16)}`);
}

function unsigned(why: string, cause?: unknown): NexusError {
  return new NexusError('RELEASE_POLICY_UNSIGNED', `The release policy is not signed as was asked for: ${why}.`, {
    hint: '`opa build --bundle POLICY --signing-key PRIVATE.pem` makes a signed bundle; --policy-key, or `key` under `release`, names the public key.',
    ...(cause === undefined ? {} : { cause }),
  });
}
