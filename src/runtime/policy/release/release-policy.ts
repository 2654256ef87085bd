import { gunzipSync } from 'node:zlib';

import { type Digest, sha256 } from '../../../base/digest.ts';
import { NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import { compareText } from '../../../base/text.ts';
import { parseYaml } from '../../../spec/documents/parse-yaml.ts';
import { tarFiles } from './tar-files.ts';

/** A policy that decides whether a product may leave: an OPA bundle, read. */
export interface ReleasePolicy {
  /** Of the bundle's bytes: names it in the log, in the gate's summary, in exports. */
  digest: Digest;
  /** The bundle, `.tar.gz`, as `opa eval --bundle` takes it. */
  bundle: Buffer;
  /** Rego by path. */
  modules: Readonly<Record<string, string>>;
  data: JsonObject;
  /** What `opa build --target wasm` made of it. */
  wasm?: { module: Buffer; entrypoints: readonly string[] };
  regoVersion: 0 | 1;
}

/** Of a bundle, packed and unpacked. */
export const MAX_BUNDLE = 16 * 2 ** 20;
const MAX_UNPACKED = 64 * 2 ** 20;

/** https://www.openpolicyagent.org/docs/management-bundles#bundle-file-format. Throws `RELEASE_POLICY_INVALID`. */
export function parsePolicy(bundle: Buffer): ReleasePolicy {
  const files = bundleFiles(bundle);
  const manifest = manifestOf(files.get('.manifest'));
  const modules: Record<string, string> = {};
  let data: JsonObject = {};
  for (const [path, content] of [...files].toSorted(([a], [b]) => compareText(a, b))) {
    if (path.endsWith('.rego')) modules[path] = textOf(content, path);
    else if (DATA_FILE.test(path)) data = mounted(data, path.split('/').slice(0, -1), parsed(content, path));
  }
  const wasm = wasmOf(files, manifest);
  if (Object.keys(modules).length === 0 && wasm === undefined) throw invalid('It holds no Rego, and no policy.wasm either.');
  return { digest: sha256(bundle), bundle, modules, data, regoVersion: versionOf(manifest), ...(wasm && { wasm }) };
}

/** Files of data in a bundle. */
export const DATA_FILE = /(^|\/)data\.(json|ya?ml)$/;

/** By their paths. Throws `RELEASE_POLICY_INVALID`. */
export function bundleFiles(bundle: Buffer): Map<string, Buffer> {
  return tarFiles(unpacked(bundle));
}

function unpacked(bundle: Buffer): Buffer {
  if (bundle.length > MAX_BUNDLE) throw invalid(`The bundle is larger than ${MAX_BUNDLE / 2 ** 20} MiB.`);
  try {
    return gunzipSync(bundle, { maxOutputLength: MAX_UNPACKED });
  } catch (error) {
    throw invalid('The bundle is no .tar.gz, damaged, or too large when it is unpacked.', error);
  }
}

function textOf(content: Buffer, path: string): string {
  const text = content.toString('utf8');
  if (!content.equals(Buffer.from(text))) throw invalid(`${path} is no UTF-8.`);
  return text;
}

function parsed(content: Buffer, path: string): JsonValue {
  const result = parseYaml(textOf(content, path));
  if ('fault' in result) throw invalid(`${path}:${result.line}:${result.column}: ${result.fault}.`);
  return result.value;
}

function manifestOf(content: Buffer | undefined): JsonObject {
  const manifest = content === undefined ? {} : parsed(content, '.manifest');
  if (!isJsonObject(manifest)) throw invalid('The .manifest is no object.');
  if (manifest['file_rego_versions'] !== undefined) throw invalid('The .manifest gives files versions of Rego of their own.');
  return manifest;
}

function versionOf({ rego_version: version = 1 }: JsonObject): 0 | 1 {
  if (version !== 0 && version !== 1) throw invalid('The .manifest names a version of Rego that is not known.');
  return version;
}

/** One module with all entry points: what `opa build` makes. */
function wasmOf(files: ReadonlyMap<string, Buffer>, manifest: JsonObject): ReleasePolicy['wasm'] {
  const module = files.get('policy.wasm');
  if (module === undefined) return undefined;
  const resolvers = Array.isArray(manifest['wasm']) ? manifest['wasm'] : [];
  const entrypoints = resolvers.flatMap((each: JsonValue) => {
    const { entrypoint } = isJsonObject(each) ? each : {};
    return typeof entrypoint === 'string' ? [entrypoint] : [];
  });
  return { module, entrypoints };
}

/** Data of `a/b/data.json` is `data.a.b`. What is said twice is said once too often. */
function mounted(into: JsonObject, [first, ...rest]: readonly string[], value: JsonValue): JsonObject {
  if (first !== undefined) {
    const below = into[first];
    if (below !== undefined && !isJsonObject(below)) throw invalid(`Two data files say what data.${first} is.`);
    return { ...into, [first]: mounted(below ?? {}, rest, value) };
  }
  if (!isJsonObject(value)) throw invalid('A data file holds no object.');
  const twice = Object.keys(value).find((name) => into[name] !== undefined);
  if (twice !== undefined) throw invalid(`Two data files say what ${twice} is.`);
  return { ...into, ...value };
}

export function invalid(message: string, cause?: unknown): NexusError {
  return new NexusError('RELEASE_POLICY_INVALID', `The release policy cannot be used. ${message}`, {
    hint: 'It is a .rego file, a folder of such files, or a bundle (.tar.gz) that `opa build` made: docs/release-policy.md.',
    ...(cause === undefined ? {} : { cause }),
  });
}
