import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { type Clock, timestamp } from '../../base/clock.ts';
import { type Digest, digestOf } from '../../base/digest.ts';
import { isJsonObject, type JsonObject, parsedJson } from '../../base/json.ts';
import { compareText } from '../../base/text.ts';
import type { Finding, Level, ScanReport } from '../vault/vulnerability-scan.ts';
import { cleanEnvironment, type ProcessOptions, type ProcessResult, runProcess } from './process.ts';
import { runConfined } from './sandbox/run-confined.ts';
import type { Sandbox } from './sandbox/sandbox.ts';

/** `offline`: in a database on this machine. `online`: api.osv.dev is asked, and told names and versions of packages. */
export type ScanMode = 'offline' | 'online';

export interface ScanPlace {
  /** The scanner itself: by its path, so that no product can put itself there. */
  program: string;
  /** Where databases for use offline lie; undefined where there are none. */
  database: OsvDatabase | undefined;
  mode: ScanMode;
  /** An empty folder for it to work in, beside the product. */
  home: string;
  sandbox?: Sandbox | undefined;
  clock: Clock;
}

const SCANNER = 'https://github.com/google/osv-scanner';
const SERVICE = 'https://api.osv.dev';
/** Where databases come from that are kept. */
const DATABASES = 'https://osv-vulnerabilities.storage.googleapis.com';
const HOSTS = ['api.osv.dev:443'];

const TIMEOUT = 300_000;
const LIMIT = 64 * 2 ** 20;

/**
 * Looks up, in OSV's database, what the lock files of a product name. Nothing in the product says how: its own `osv-scanner.toml` and `.gitignore` count for nothing. A
 * text says why there is no answer; an answer for a part is none. Throws `TOOL_MISSING` where it cannot be started.
 */
export async function runOsvScanner(product: string, place: ScanPlace): Promise<ScanReport | string> {
  const { mode, database, home, clock } = place;
  const config = join(home, 'osv-scanner.toml');
  writeFileSync(config, '');
  const version = /version: (\S+)/.exec((await run(['--version'], product, place)).stdout)?.[1] ?? 'unknown';
  const startedOn = timestamp(clock);
  const how = ['--config', config, '--no-ignore', '--no-resolve', '--allow-no-lockfiles', '--all-packages', '--all-vulns'];
  const away = mode === 'offline' ? ['--offline'] : [];
  const scan = ['scan', 'source', '--recursive', ...how, ...away, '--format', 'json', '--verbosity', 'error', product];
  const { ended, code, stdout, stderr, truncated } = await run(scan, product, place);
  // 0: nothing was found; 1: something was. Whatever else it says, it has not looked everything up.
  if (ended !== 'exited' || (code !== 0 && code !== 1) || truncated)
    return lastWords(stderr) ?? `it ${truncated ? 'said too much' : ended}`;
  const report = parsedJson(stdout);
  if (!isJsonObject(report)) return 'it wrote no report';
  const { packages, ecosystems, findings } = readReport(report, product);
  return {
    scanner: { uri: SCANNER, version },
    database:
      mode === 'online' || database === undefined ? { uri: SERVICE, lastUpdate: startedOn } : await kept(database, ecosystems),
    packages,
    findings,
    startedOn,
    finishedOn: timestamp(clock),
  };
}

function run(args: readonly string[], product: string, place: ScanPlace): Promise<ProcessResult> {
  const { program, database, mode, home, sandbox } = place;
  const base = database === undefined ? {} : { OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY: database.base };
  const env = { ...cleanEnvironment(home), ...base };
  const options: ProcessOptions = { cwd: product, env, timeoutMs: TIMEOUT, outputLimit: LIMIT };
  const argv = [realpathSync(program), ...args] as const;
  if (sandbox === undefined) return runProcess([...argv], options);
  const room = { workspace: product, home, read: database?.folders ?? [], hosts: mode === 'online' ? HOSTS : [] };
  return runConfined([...argv], { ...options, sandbox, room });
}

const lastWords = (stderr: string): string | undefined => stderr.trim().split('\n').at(-1)?.slice(0, 500) || undefined;

/** Databases for use offline, one for each ecosystem: `BASE/osv-scalibr/npm/all.zip`, or `osv-scanner` in older versions. */
export interface OsvDatabase {
  base: string;
  folders: string[];
}

/** Where osv-scanner keeps them, if it does. */
export function findOsvDatabase({ environment, home }: OsvPlaces): OsvDatabase | undefined {
  const { OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY: said, XDG_CACHE_HOME: cache } = environment;
  const base = said || (process.platform === 'darwin' ? join(home, 'Library', 'Caches') : cache || join(home, '.cache'));
  const folders = ['osv-scalibr', 'osv-scanner'].map((name) => join(base, name)).filter(hasDatabase);
  return folders.length === 0 ? undefined : { base, folders: folders.map((folder) => realpathSync(folder)) };
}

interface OsvPlaces {
  environment: Readonly<Record<string, string | undefined>>;
  home: string;
}

const hasDatabase = (folder: string): boolean =>
  existsSync(folder) && readdirSync(folder).some((name) => existsSync(join(folder, name, 'all.zip')));

/** Which databases these are: by their contents, and when the oldest of them was written. */
async function kept({ folders }: OsvDatabase, ecosystems: readonly string[]): Promise<ScanReport['database']> {
  const [folder = ''] = folders;
  const names = ecosystems.length > 0 ? ecosystems : readdirSync(folder);
  const files = names.map((name) => ({ name, path: join(folder, name, 'all.zip') })).filter(({ path }) => existsSync(path));
  const oldest = Math.min(...files.map(({ path }) => statSync(path).mtimeMs));
  const digests = await Promise.all(files.map(async ({ name, path }) => [name, await digestOfFile(path)] as const));
  return { uri: DATABASES, version: digestOf(Object.fromEntries(digests)), lastUpdate: new Date(oldest).toISOString() };
}

async function digestOfFile(path: string): Promise<Digest> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return `sha256:${hash.digest('hex')}`;
}

const objects = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isJsonObject) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** https://google.github.io/osv-scanner/output/ */
function readReport({ results }: JsonObject, product: string) {
  const looked = objects(results).flatMap(({ source, packages }) => {
    const file = relative(product, text(isJsonObject(source) ? source['path'] : ''));
    return objects(packages).map((each) => ({ file, of: isJsonObject(each['package']) ? each['package'] : {}, ...each }));
  });
  return {
    packages: looked.length,
    ecosystems: [...new Set(looked.map(({ of }) => text(of['ecosystem']).split(':', 1)[0] ?? ''))].sort(compareText),
    findings: looked.flatMap(({ of, file, groups, vulnerabilities }: Looked): Finding[] =>
      objects(groups).map((group) => findingOf(group, objects(vulnerabilities), { of, file })),
    ),
  };
}

interface Looked {
  of: JsonObject;
  file: string;
  groups?: unknown;
  vulnerabilities?: unknown;
}

/** A group is one vulnerability under all of its names. */
function findingOf({ ids, aliases, max_severity: max }: JsonObject, known: readonly JsonObject[], { of, file }: Looked): Finding {
  const names = Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  const [id = 'unnamed'] = names;
  const said = known.filter((each) => names.includes(text(each['id'])));
  const score = text(max);
  return {
    id,
    level: levelOf({ id, score, said }),
    ...(score !== '' && { score }),
    package: `${text(of['ecosystem'])}/${text(of['name'])}@${text(of['version'])}`,
    file,
    aliases: Array.isArray(aliases) ? aliases.filter((alias) => typeof alias === 'string' && alias !== id).sort(compareText) : [],
  };
}

/** Words of those who publish advisories. */
const WORDS: Readonly<Record<string, Level>> = {
  CRITICAL: 'critical',
  HIGH: 'high',
  MODERATE: 'medium',
  MEDIUM: 'medium',
  LOW: 'low',
};

/** https://www.first.org/cvss/v3-1/specification-document#5-Qualitative-Severity-Rating-Scale; a package that is malicious has no score, and is no less than that. */
function levelOf({ id, score, said }: { id: string; score: string; said: readonly JsonObject[] }): Level {
  if (id.startsWith('MAL-')) return 'critical';
  const rated = Number.parseFloat(score);
  if (rated >= 9) return 'critical';
  if (rated >= 7) return 'high';
  if (rated >= 4) return 'medium';
  if (rated > 0) return 'low';
  const words = said.map(({ database_specific: more }) => (isJsonObject(more) ? text(more['severity']).toUpperCase() : ''));
  return words.map((word) => WORDS[word]).find((level) => level !== undefined) ?? 'unknown';
}
