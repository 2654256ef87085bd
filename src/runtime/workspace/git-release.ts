import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { NexusError } from '../../base/errors.ts';
import { artifactFile } from '../vault/export-layout.ts';
import type { Release } from '../vault/promote/promotion.ts';
import { PROMOTER, type ReleaseRepository } from '../vault/promote/release-repository.ts';
import { withoutSecrets } from './git-address.ts';
import { type ProcessResult, runProcess } from './process.ts';

export interface GitReleaseOptions {
  url: string;
  /** Password that goes with the URL, for `http` and `https` alone; it is never an argument of a program. */
  token?: string;
  /** What git needs of the user's environment. */
  env: Readonly<Record<string, string>>;
  /** Folder of a bare repository to work in; made on first use. */
  folder: string;
}

/** Milliseconds that git may take for one thing. */
const TIMEOUT = 300_000;
/** Characters of a listing that are read: some 200,000 files. */
const LISTING = 32 * 2 ** 20;

const SETTINGS = [
  'protocol.allow=never',
  ...['https', 'http', 'ssh', 'file'].map((name) => `protocol.${name}.allow=always`),
  'core.hooksPath=/dev/null',
  'core.autocrlf=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'push.recurseSubmodules=no',
].flatMap((setting) => ['-c', setting]);

type Product = Pick<Release, 'dir' | 'tree'>;

/** A repository on another machine, by git itself: its own ways to get there, in a bare repository of our own, without work tree or hooks. */
export class GitRelease implements ReleaseRepository {
  readonly #options: GitReleaseOptions;

  constructor(options: GitReleaseOptions) {
    this.#options = options;
  }

  async ref(name: string): Promise<string | undefined> {
    const listed = await this.#must(['ls-remote', 'origin', name]);
    return listed
      .split('\n')
      .map((line) => line.split('\t'))
      .find(([, ref]) => ref === name)?.[0];
  }

  async commit(product: Product, { parent, message, time }: { parent: string; message: string; time: string }): Promise<string> {
    await this.#fetch(parent);
    const index = { GIT_INDEX_FILE: join(this.#options.folder, 'promotion.index') };
    await this.#must(['read-tree', parent], { env: index });
    const blobs = await this.#blobs(product);
    const listing = product.tree.map(({ path }, at) => `100644 ${blobs[at]}\t${path}\0`).join('');
    await this.#must(['update-index', '-z', '--replace', '--index-info'], { env: index, input: listing });
    const tree = (await this.#must(['write-tree'], { env: index })).trim();
    const date = `${Math.floor(Date.parse(time) / 1000)} +0000`;
    const { name, email } = PROMOTER;
    const env = {
      GIT_AUTHOR_NAME: name,
      GIT_AUTHOR_EMAIL: email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: name,
      GIT_COMMITTER_EMAIL: email,
      GIT_COMMITTER_DATE: date,
    };
    return (await this.#must(['commit-tree', tree, '-p', parent], { env, input: message })).trim();
  }

  async lacks(commit: string, product: Product): Promise<string[]> {
    await this.#fetch(commit);
    const listed = await this.#must(['ls-tree', '-r', '-z', '--full-tree', commit], { outputLimit: LISTING });
    const there = new Map(
      listed.split('\0').flatMap((line) => {
        const [, blob, path] = /^100\d{3} blob (\w+)\t(.*)$/s.exec(line) ?? [];
        return blob === undefined || path === undefined ? [] : [[path, blob] as const];
      }),
    );
    const blobs = await this.#blobs(product);
    return product.tree.flatMap(({ path }, at) => (there.get(path) === blobs[at] ? [] : [path]));
  }

  async tag(text: string, commit: string): Promise<string> {
    await this.#fetch(commit);
    return (await this.#must(['hash-object', '-t', 'tag', '-w', '--stdin'], { input: text })).trim();
  }

  async tagText(ref: string): Promise<string> {
    await this.#must(['fetch', '--quiet', '--depth=1', '--no-tags', '--force', 'origin', `${ref}:refs/promotion/tag`]);
    return this.#must(['cat-file', 'tag', 'refs/promotion/tag']);
  }

  async push(object: string, ref: string): Promise<void> {
    await this.#must(['push', '--quiet', '--porcelain', `--force-with-lease=${ref}:`, 'origin', `${object}:${ref}`]);
  }

  async #fetch(commit: string): Promise<void> {
    await this.#repository();
    const known = await this.#run(['cat-file', '-e', `${commit}^{tree}`]);
    if (known.code === 0) return;
    await this.#must(['fetch', '--quiet', '--depth=1', '--no-tags', '--no-write-fetch-head', 'origin', commit]);
  }

  /** Git's names of the files, in the order of the tree; they are stored too. */
  async #blobs({ dir, tree }: Product): Promise<string[]> {
    const paths = tree.map(({ path }) => `${join(dir, artifactFile(path))}\n`).join('');
    const hashed = await this.#must(['hash-object', '-w', '--no-filters', '--stdin-paths'], {
      input: paths,
      outputLimit: LISTING,
    });
    return hashed.trim().split('\n');
  }

  async #repository(): Promise<void> {
    const { folder } = this.#options;
    if (existsSync(join(folder, 'HEAD'))) return;
    mkdirSync(folder, { recursive: true });
    const result = await this.#run(['init', '--quiet', '--bare', '--template=', '.']);
    if (result.code !== 0) throw this.#failed(['init'], result);
  }

  async #must(args: readonly [string, ...string[]], options: RunOptions = {}): Promise<string> {
    await this.#repository();
    const result = await this.#run(args, options);
    if (result.ended === 'exited' && result.code === 0 && !result.truncated) return result.stdout;
    throw this.#failed(args, result);
  }

  #run(args: readonly [string, ...string[]], { env = {}, input, outputLimit }: RunOptions = {}): Promise<ProcessResult> {
    const { folder, url, token } = this.#options;
    const config = [['remote.origin.url', url], ...(token === undefined ? [] : headerFor(url, token))];
    const variables = config.flatMap(([key = '', value = ''], at) => [
      [`GIT_CONFIG_KEY_${at}`, key],
      [`GIT_CONFIG_VALUE_${at}`, value],
    ]);
    return runProcess(['git', ...SETTINGS, ...args], {
      cwd: folder,
      env: {
        ...this.#options.env,
        LC_ALL: 'C.UTF-8',
        GIT_DIR: folder,
        GIT_TERMINAL_PROMPT: '0',
        GCM_INTERACTIVE: 'never',
        GIT_CONFIG_COUNT: String(config.length),
        ...Object.fromEntries(variables),
        ...env,
      },
      timeoutMs: TIMEOUT,
      ...(input === undefined ? {} : { input }),
      ...(outputLimit === undefined ? {} : { outputLimit }),
    });
  }

  #failed([command]: readonly [string, ...string[]], { ended, stderr }: ProcessResult): NexusError {
    const { url, token = '' } = this.#options;
    const said = (token === '' ? stderr : stderr.replaceAll(token, '***')).replace(
      /[a-z][a-z0-9+.-]*:\/\/[^\s'"]+/gi,
      withoutSecrets,
    );
    const reason =
      said.split('\n').find((line) => /^(?:fatal|error|remote|!)/.test(line)) ?? (ended === 'exited' ? said.trim() : ended);
    return new NexusError('PROMOTION_FAILED', `git ${command} failed for ${withoutSecrets(url)}: ${reason}`, {
      hint: 'Check that git can reach the repository and may write there; then run the same command again: what is done is not done twice.',
      details: { repository: withoutSecrets(url), git: said.trim().slice(0, 2000) },
    });
  }
}

interface RunOptions {
  env?: Record<string, string>;
  input?: string;
  outputLimit?: number;
}

/** Sent to this server alone, and to no other that it may lead to. */
function headerFor(url: string, token: string): [string, string][] {
  if (!/^https?:/i.test(url)) return [];
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  return [
    [`http.${new URL(url).origin}/.extraHeader`, `Authorization: Basic ${basic}`],
    ['http.followRedirects', 'initial'],
  ];
}
