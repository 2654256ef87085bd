import { isJsonObject, type JsonObject } from '../../../base/json.ts';
import { compareText } from '../../../base/text.ts';
import { type PackageComponent, packageUrl } from './package-component.ts';

/** Packages of one lock file that are read. */
const MAX_PACKAGES = 50_000;

/** Packages, and the ids of those that the product itself asks for. */
export interface LockedPackages {
  packages: PackageComponent[];
  direct: string[];
}

/** The packages of a `package-lock.json` of version 2 or 3, each version once; undefined for anything else. */
export function readNpmLock(lock: JsonObject): LockedPackages | undefined {
  const { packages } = lock;
  if (!isJsonObject(packages) || !isJsonObject(packages['']) || Object.keys(packages).length > MAX_PACKAGES) return undefined;
  const places = new Map<string, JsonObject>();
  for (const [place, entry] of Object.entries(packages)) if (isJsonObject(entry)) places.set(place, entry);
  const found = new Map<string, PackageComponent>();
  for (const [place, entry] of places) {
    const component = place === '' ? undefined : componentOf(place, entry, places);
    // The same version at several places is one component; it is needed to use the product if it is so anywhere.
    const before = component && found.get(component.id);
    if (component !== undefined) {
      const development = component.development && (before?.development ?? true);
      found.set(component.id, { ...component, development, uses: union(before?.uses, component.uses) });
    }
  }
  return { packages: [...found.values()], direct: usesOf('', places) };
}

function componentOf(place: string, entry: JsonObject, places: ReadonlyMap<string, JsonObject>): PackageComponent | undefined {
  const id = idOf(place, entry);
  if (id === undefined) return undefined;
  const { version, license, resolved, integrity } = entry;
  return {
    id,
    name: nameOf(place, entry),
    version: text(version),
    range: undefined,
    license: text(license),
    sha512: sha512Of(text(integrity)),
    resolved: withoutSecrets(text(resolved)),
    development: entry['dev'] === true || entry['devOptional'] === true,
    uses: usesOf(place, places),
  };
}

/** A link leads to a folder of the product itself, which has an entry of its own. */
function idOf(place: string, entry: JsonObject): string | undefined {
  const version = text(entry['version']);
  if (entry['link'] === true || version === undefined || !place.includes('node_modules/')) return undefined;
  return packageUrl(nameOf(place, entry), version);
}

/** An alias is installed under another name than its own. */
function nameOf(place: string, entry: JsonObject): string {
  return text(entry['name']) ?? place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** What Node would find for each dependency: in the package's own `node_modules`, then in those above. */
function usesOf(place: string, places: ReadonlyMap<string, JsonObject>): string[] {
  const entry = places.get(place) ?? {};
  const fields = ['dependencies', 'optionalDependencies', 'peerDependencies', ...(place === '' ? ['devDependencies'] : [])];
  const names = fields.flatMap((field) => (isJsonObject(entry[field]) ? Object.keys(entry[field]) : []));
  return union(
    [],
    names.flatMap((name) => findDependency(name, place, places) ?? []),
  );
}

function findDependency(name: string, from: string, places: ReadonlyMap<string, JsonObject>): string | undefined {
  for (let folder = from; ;) {
    const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    const entry = places.get(place);
    if (entry !== undefined) return idOf(place, entry);
    if (folder === '') return undefined;
    const up = folder.lastIndexOf('/node_modules/');
    folder = up === -1 ? '' : folder.slice(0, up);
  }
}

/** Subresource Integrity may list several; of archives npm writes SHA-512. */
function sha512Of(integrity: string | undefined): string | undefined {
  const [, encoded] = /(?:^|\s)sha512-([A-Za-z0-9+/]{86}==)/.exec(integrity ?? '') ?? [];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('hex');
}

function withoutSecrets(url: string | undefined): string | undefined {
  if (url === undefined || !/^https?:/.test(url) || !URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  parsed.search = '';
  return parsed.href;
}

function union(a: readonly string[] = [], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].toSorted(compareText);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
