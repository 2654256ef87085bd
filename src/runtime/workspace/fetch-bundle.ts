import { lstatSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { NexusError } from '../../base/errors.ts';
import { megabytes } from '../../spec/bundle/bundle-faults.ts';
import { BUNDLE_LIMITS } from '../../spec/bundle/bundle-limits.ts';
import { checkLink } from '../../spec/archive/packed-entry.ts';
import { isSpecPath } from '../../spec/bundle/spec-path.ts';
import { type GitAddress, gitUri, withoutSecrets } from './git-address.ts';
import { type ProcessResult, runProcess } from './process.ts';

/** What a fetch may cost. */
export interface FetchLimits {
  timeoutMs: number;
  /** Of what git stores. */
  bytes: number;
}

const LIMITS: FetchLimits = { timeoutMs: 120_000, bytes: 256 * 2 ** 20 };

export interface FetchOptions {
  /** What git needs of the user's environment: PATH, and where keys and credentials are found. */
  env: Readonly<Record<string, string>>;
  /** Files wanted besides the specification, by name: in the bundle's folder and at the repository's root. */
  beside: readonly string[];
  /** Which of the files that may be specification to read. */
  wanted?: (paths: readonly string[]) => readonly string[];
  /** Where the temporary folder is made; default is the system's place for them. */
  temp?: string;
  limits?: Partial<FetchLimits>;
  signal?: AbortSignal;
}

export interface FetchedBundle {
  /** The folder or file of the bundle, in a temporary folder. */
  path: string;
  /** Where the repository's root lies there. */
  root: string;
  commit: string;
  /** URI with the commit. */
  origin: string;
  remove(): void;
}

/**
 * Fetches the bundle at one commit of a git repository: shallow, without tags and submodules, and writes out only what may be
 * specification, byte by byte as it is stored. Nothing that the repository says is run: no hook, no filter, no checkout. Throws
 * `BUNDLE_FETCH`, `BUNDLE_NOT_FOUND`, `BUNDLE_TOO_LARGE`, `BUNDLE_ESCAPE` or `TOOL_MISSING`.
 */
export async function fetchBundle(address: GitAddress, options: FetchOptions): Promise<FetchedBundle> {
  const folder = realpathSync(mkdtempSync(join(options.temp ?? tmpdir(), 'agentnexus-bundle-')));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const fetch = new BundleFetch(folder, address, options);
    const commit = await fetch.commit();
    const path = await fetch.write(commit);
    return { path, root: fetch.tree, commit, origin: gitUri(address, commit), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Only these ways to a repository; `ext::` would run a program of the address's choice. */
const PROTOCOLS = ['https', 'http', 'ssh', 'file'].map((name) => `protocol.${name}.allow=always`);
const SETTINGS = [
  'protocol.allow=never',
  'protocol.ext.allow=never',
  ...PROTOCOLS,
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.attributesFile=/dev/null',
  'core.autocrlf=false',
  'core.protectHFS=true',
  'core.protectNTFS=true',
  'fetch.recurseSubmodules=false',
  'submodule.recurse=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'advice.detachedHead=false',
].flatMap((setting) => ['-c', setting]);

/** Characters of `ls-tree` that are read: some 200,000 files. */
const LISTING = 32 * 2 ** 20;
const WATCH_MS = 100;
const LINK = '120000';
const MOST_LINKS = 10_000;

interface Listed {
  mode: string;
  hash: string;
  size: number;
  path: string;
}

class BundleFetch {
  /** Where the files are written. */
  readonly tree: string;
  readonly #git: string;
  readonly #address: GitAddress;
  readonly #options: FetchOptions;
  readonly #limits: FetchLimits;
  readonly #deadline: number;

  constructor(folder: string, address: GitAddress, options: FetchOptions) {
    this.tree = join(folder, 'tree');
    this.#git = join(folder, 'git');
    this.#address = address;
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
    this.#deadline = performance.now() + this.#limits.timeoutMs;
    mkdirSync(this.tree);
    mkdirSync(this.#git);
  }

  /** Fetches the commit that is meant, and says which it is. */
  async commit(): Promise<string> {
    await this.#run(['init', '--quiet', '--bare', '--template=', '.']);
    // What the repository says about attributes is overruled: no filter, no line ends, no encodings.
    mkdirSync(join(this.#git, 'info'), { recursive: true });
    writeFileSync(join(this.#git, 'info', 'attributes'), '* -filter -text -eol -ident -working-tree-encoding\n');
    const ref = this.#address.ref ?? 'HEAD';
    const flags = ['--quiet', '--depth=1', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head', '--force'];
    const result = await this.#bounded(['fetch', ...flags, 'origin', `${ref}:refs/agentnexus/bundle`]);
    if (result.ended !== 'exited' || result.code !== 0) throw this.#unreachable(result);
    return (await this.#must(['rev-parse', '--verify', 'refs/agentnexus/bundle^{commit}'])).trim();
  }

  /** Writes what may be specification below `tree`; returns the bundle's path there. */
  async write(commit: string): Promise<string> {
    const { path } = this.#address;
    const kind = path === '' ? 'tree' : (await this.#run(['cat-file', '-t', `${commit}:${path}`])).stdout.trim();
    const isFile = kind === 'blob';
    if (!isFile && kind !== 'tree') throw this.#missing(commit);
    const inside = await this.#list(commit, path);
    await this.#refuseLinks(inside.filter(({ mode }) => mode === LINK));
    const wanted = this.#wanted(inside, isFile);
    const folders = new Set(['', isFile && path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '']);
    const around: Listed[] = [];
    for (const folder of folders) {
      const listed = await this.#list(commit, folder === '' ? '' : `${folder}/`, false);
      around.push(...listed.filter((each) => this.#isBeside(each, folder)));
    }
    await this.#checkOut(commit, [...new Map([...wanted, ...around].map((each) => [each.path, each])).values()]);
    if (isFile && wanted.length === 0) throw this.#missing(commit);
    const target = join(this.tree, path);
    if (!isFile) mkdirSync(target, { recursive: true });
    return target;
  }

  #wanted(inside: readonly Listed[], isFile: boolean): Listed[] {
    const files = inside.filter(({ mode }) => mode.startsWith('100'));
    if (isFile) return files;
    const specs = files.filter(({ path }) => isSpecPath(this.#within(path)));
    const read = new Set((this.#options.wanted ?? ((paths) => paths))(specs.map(({ path }) => this.#within(path))));
    return [
      ...specs.filter(({ path }) => read.has(this.#within(path))),
      ...files.filter((each) => this.#isBeside(each, this.#address.path)),
    ];
  }

  #within(path: string): string {
    return this.#address.path === '' ? path : path.slice(this.#address.path.length + 1);
  }

  /** Links are not written; one that leads out of the bundle is refused, as it is in a folder. */
  async #refuseLinks(links: readonly Listed[]): Promise<void> {
    if (links.length === 0) return;
    if (links.length > MOST_LINKS) throw this.#tooLarge('has too many links');
    const result = await this.#run(
      ['cat-file', '--batch=%(objectsize)'],
      LISTING,
      `${links.map(({ hash }) => hash).join('\n')}\n`,
    );
    let rest = result.stdout;
    for (const { path } of links) {
      const [, size = '0', body = ''] = /^(\d+)\n(.*)$/s.exec(rest) ?? [];
      const target = Buffer.from(body).toString('utf8', 0, Number(size));
      checkLink({ path: this.#within(path), target, hard: false }, this.#address.shown);
      rest = body.slice(target.length + 1);
    }
  }

  #isBeside({ path, mode }: Listed, folder: string): boolean {
    return mode.startsWith('100') && this.#options.beside.some((name) => path === (folder === '' ? name : `${folder}/${name}`));
  }

  async #list(commit: string, path: string, deep = true): Promise<Listed[]> {
    const flags = ['-z', '--long', '--full-tree', ...(deep ? ['-r'] : [])];
    const result = await this.#run(['ls-tree', ...flags, commit, ...(path === '' ? [] : ['--', path])], LISTING);
    if (result.truncated) throw this.#tooLarge('has more files than are read');
    if (result.code !== 0) throw this.#unreachable(result);
    return result.stdout.split('\0').flatMap((line) => {
      const [, mode = '', hash = '', size = '', name = ''] = /^(\d+) \w+ (\w+)\s+(\d+|-)\t(.*)$/s.exec(line) ?? [];
      return mode === '' ? [] : [{ mode, hash, size: Number(size === '-' ? 0 : size), path: name }];
    });
  }

  /** Writes files, and nothing else of the commit. */
  async #checkOut(commit: string, files: readonly Listed[]): Promise<void> {
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    const large = files.find(({ size }) => size > BUNDLE_LIMITS.fileBytes);
    if (large !== undefined)
      throw this.#tooLarge(`has ${large.path}, which is larger than ${megabytes(BUNDLE_LIMITS.fileBytes)}`);
    if (bytes > BUNDLE_LIMITS.bundleBytes)
      throw this.#tooLarge(`holds more than ${megabytes(BUNDLE_LIMITS.bundleBytes)} of specification`);
    if (files.length > BUNDLE_LIMITS.files) throw this.#tooLarge('has more files than are read');
    if (files.length === 0) return;
    await this.#must(['read-tree', commit]);
    await this.#must(['checkout-index', '-z', '--stdin', '--force'], files.map(({ path }) => `${path}\0`).join(''));
  }

  async #must(args: readonly string[], input?: string): Promise<string> {
    const result = await this.#run(args, undefined, input);
    if (result.ended === 'exited' && result.code === 0) return result.stdout;
    throw this.#unreachable(result);
  }

  /** A fetch, ended when it stores too much: there is no setting for that. */
  async #bounded(args: readonly string[]): Promise<ProcessResult> {
    const guard = new AbortController();
    const stop = () => guard.abort();
    this.#options.signal?.addEventListener('abort', stop);
    const watch = setInterval(() => {
      if (bytesBelow(this.#git) > this.#limits.bytes) guard.abort();
    }, WATCH_MS);
    try {
      const result = await this.#run(args, undefined, undefined, guard.signal);
      if (bytesBelow(this.#git) > this.#limits.bytes) throw this.#tooLarge(`is larger than ${megabytes(this.#limits.bytes)}`);
      return result;
    } finally {
      clearInterval(watch);
      this.#options.signal?.removeEventListener('abort', stop);
    }
  }

  #run(args: readonly string[], outputLimit?: number, input?: string, signal = this.#options.signal): Promise<ProcessResult> {
    const { repository } = this.#address;
    const isInit = args[0] === 'init';
    return runProcess(['git', ...SETTINGS, ...args], {
      cwd: isInit ? this.#git : this.tree,
      env: {
        ...this.#options.env,
        LC_ALL: 'C.UTF-8',
        GIT_DIR: this.#git,
        ...(isInit ? {} : { GIT_WORK_TREE: this.tree }),
        GIT_TERMINAL_PROMPT: '0',
        GIT_LFS_SKIP_SMUDGE: '1',
        GIT_OPTIONAL_LOCKS: '0',
        GCM_INTERACTIVE: 'never',
        // An address may hold a password; arguments can be read by everybody on the machine.
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'remote.origin.url',
        GIT_CONFIG_VALUE_0: repository,
      },
      timeoutMs: Math.max(1, this.#deadline - performance.now()),
      ...(outputLimit === undefined ? {} : { outputLimit }),
      ...(input === undefined ? {} : { input }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  #tooLarge(what: string): NexusError {
    return new NexusError('BUNDLE_TOO_LARGE', `${this.#address.shown} ${what}.`, {
      hint: 'Name the folder that holds only the specification, behind a #; or clone the repository and name the folder.',
      details: { repository: this.#address.shown },
    });
  }

  #missing(commit: string): NexusError {
    const { shown, path } = this.#address;
    return new NexusError('BUNDLE_NOT_FOUND', `There is no ${path} in ${shown} at commit ${commit.slice(0, 12)}.`, {
      hint: 'Write the path from the root of the repository behind the #; links are not followed.',
      details: { repository: shown, path, commit },
    });
  }

  #unreachable({ ended, stderr }: ProcessResult): NexusError {
    const { shown, ref } = this.#address;
    const details = { repository: shown, ref, git: this.#withoutSecrets(stderr) };
    if (this.#options.signal?.aborted === true) return new NexusError('INTERRUPTED', `Fetching ${shown} was interrupted.`);
    if (ended === 'timeout') {
      return new NexusError('BUNDLE_FETCH', `${shown} could not be fetched in ${this.#limits.timeoutMs / 1000} s.`, {
        hint: 'Try again, or clone it and name the folder.',
        details,
      });
    }
    if (/couldn't find remote ref|not our ref|no such ref/i.test(stderr)) {
      return new NexusError(
        'BUNDLE_NOT_FOUND',
        `${shown} has no ${ref === undefined ? 'commit' : `branch, tag or commit ${ref}`}.`,
        {
          hint: 'A commit must be written in full, with forty digits.',
          details,
        },
      );
    }
    const reason = details.git.split('\n').find((line) => /^(?:fatal|error|ERROR|remote):/.test(line));
    return new NexusError('BUNDLE_FETCH', `${shown} could not be fetched${reason === undefined ? '' : ` (${reason})`}.`, {
      hint: 'Check the address and that `git ls-remote` can read it without asking for a password.',
      details,
    });
  }

  #withoutSecrets(text: string): string {
    const secret = /^[a-z+]+:\/\/([^/@]*)@/i.exec(this.#address.repository)?.[1] ?? '';
    const password = secret.slice(secret.indexOf(':') + 1);
    const plain = password === '' ? text : text.replaceAll(password, '***');
    return plain.replace(/[a-z][a-z0-9+.-]*:\/\/[^\s'"]+/gi, withoutSecrets).trim();
  }
}

function bytesBelow(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += lstatSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}
