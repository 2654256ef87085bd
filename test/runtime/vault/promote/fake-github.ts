import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sha256 } from '../../../../src/base/digest.ts';
import type { JsonObject } from '../../../../src/base/json.ts';
import { compileSchema } from '../../../../src/base/schema.ts';

export const TOKEN = 'ghs_secret0123456789';
const OWNER = 'ann';

interface Asset {
  id: number;
  name: string;
  size: number;
  state: 'starter' | 'uploaded';
  digest: string | null;
}

interface FakeRelease {
  id: number;
  tag_name: string;
  name: string;
  body: string;
  draft: boolean;
  assets: Asset[];
}

interface Pull {
  number: number;
  head: string;
  base: string;
  title: string;
  body: string;
  merged: boolean;
  state: 'open' | 'closed';
  merge_commit_sha: string | null;
}

/** What was asked, and what is to be answered. */
export interface Exchange {
  method: string;
  /** Below that of the API. */
  path: string;
  query: URLSearchParams;
  type: string | undefined;
  body: Buffer;
  status: number;
  answer: unknown;
}

/** Where an Enterprise server has its API, and where it takes what is uploaded. */
export const ENTERPRISE = { api: '/api/v3', uploads: '/api/uploads' };

const text = { type: 'string', minLength: 1 };
/** What GitHub's documentation says of the bodies that it takes; whatever else is sent is a fault of ours. */
const BODIES: Readonly<Record<string, JsonObject>> = {
  repo: {
    required: ['name'],
    properties: { name: text, private: { type: 'boolean' }, auto_init: { type: 'boolean' } },
  },
  pull: { required: ['head', 'base', 'title'], properties: { head: text, base: text, title: text, body: { type: 'string' } } },
  merge: {
    required: [],
    properties: { sha: { type: 'string', pattern: '^[0-9a-f]{40}$' }, merge_method: { enum: ['merge', 'squash', 'rebase'] } },
  },
  release: {
    required: ['tag_name'],
    properties: { tag_name: text, name: text, body: { type: 'string', maxLength: 125_000 }, draft: { type: 'boolean' } },
  },
  attestation: {
    required: ['bundle'],
    properties: {
      bundle: {
        type: 'object',
        required: ['mediaType', 'verificationMaterial', 'dsseEnvelope'],
        additionalProperties: false,
        properties: { mediaType: text, verificationMaterial: { type: 'object' }, dsseEnvelope: { type: 'object' } },
      },
    },
  },
  update: { required: [], properties: { draft: { type: 'boolean' } } },
};
const CHECKS = new Map(
  Object.entries(BODIES).map(([name, schema]) => [
    name,
    compileSchema({ type: 'object', additionalProperties: false, ...schema }),
  ]),
);

/**
 * GitHub on loopback, as far as a promotion knows it: keeps state, holds request bodies against the documented ones, locks published releases, and
 * serves git by git's own http-backend. The repository has one commit on `main`.
 */
export class FakeGitHub {
  pulls: Pull[] = [];
  releases: FakeRelease[] = [];
  /** An Enterprise server has no store for them: undefined. */
  attestations: JsonObject[] | undefined = [];
  readonly requests: string[] = [];
  /** Cuts the next upload off after its stub is made. */
  breakUpload = false;
  /** Is told of each exchange, and says what is answered. */
  answering: (exchange: Exchange) => unknown = ({ answer }) => answer;
  readonly git: string;
  readonly #paths: { api: string; uploads: string };
  #repo: string | undefined = 'parcels';
  readonly #root = mkdtempSync(join(tmpdir(), 'github-'));
  readonly #server: Server;
  #ids = 100;

  constructor(paths = ENTERPRISE) {
    this.#paths = paths;
    this.git = join(this.#root, OWNER, 'parcels.git');
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        response.writeHead(500).end(String(error));
      });
    });
  }

  static async start({ empty = false, paths = ENTERPRISE } = {}): Promise<FakeGitHub> {
    const github = new FakeGitHub(paths);
    if (empty) github.#repo = undefined;
    else github.#createGit();
    await new Promise<void>((resolve) => github.#server.listen(0, '127.0.0.1', resolve));
    return github;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get api(): string {
    return this.origin + this.#paths.api;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
    rmSync(this.#root, { recursive: true, force: true });
  }

  run(...args: string[]): string {
    return execFileSync('git', ['-C', this.git, ...args], { encoding: 'utf8', env: ENV }).trim();
  }

  /** As a person does it on the page; `squash` makes a commit with one parent. */
  merge(number: number, { squash = false } = {}): void {
    const pull = this.pulls.find((each) => each.number === number);
    if (pull === undefined) throw new Error(`no pull ${number}`);
    const base = this.run('rev-parse', `refs/heads/${pull.base}`);
    const head = this.run('rev-parse', `refs/heads/${pull.head}`);
    const parents = squash ? ['-p', base] : ['-p', base, '-p', head];
    const commit = this.run('commit-tree', `${head}^{tree}`, ...parents, '-m', `Merge ${number}`);
    this.run('update-ref', `refs/heads/${pull.base}`, commit, base);
    Object.assign(pull, { merged: true, state: 'closed', merge_commit_sha: commit });
  }

  #createGit(): void {
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', this.git], { env: ENV });
    this.run('config', 'http.receivepack', 'true');
    this.run('config', 'uploadpack.allowAnySHA1InWant', 'true');
    const blob = execFileSync('git', ['-C', this.git, 'hash-object', '-w', '--stdin'], { input: 'MIT\n', env: ENV })
      .toString()
      .trim();
    const tree = execFileSync('git', ['-C', this.git, 'mktree'], { input: `100644 blob ${blob}\tLICENSE\n`, env: ENV })
      .toString()
      .trim();
    this.run('update-ref', 'refs/heads/main', this.run('commit-tree', tree, '-m', 'First'));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname.startsWith('/git/')) return this.#serveGit(request, response, url);
    const body = await bytesOf(request);
    const method = request.method ?? '';
    const { api, uploads } = this.#paths;
    const path = url.pathname.slice((url.pathname.startsWith(`${uploads}/`) ? uploads : api).length);
    this.requests.push(`${method} ${path}`);
    const authorized = request.headers.authorization === `token ${TOKEN}` || request.headers.authorization === `Bearer ${TOKEN}`;
    const [status, given] = authorized ? this.#route(method, path, { url, body }) : [401, { message: 'Bad credentials' }];
    if (status === 0) return void request.socket.destroy();
    const type = request.headers['content-type'];
    const answer = this.answering({ method, path, query: url.searchParams, type, body, status, answer: given });
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(answer === undefined ? undefined : JSON.stringify(answer));
  }

  #route(method: string, path: string, { url, body }: { url: URL; body: Buffer }): [number, unknown?] {
    const repo = `/repos/${OWNER}/parcels`;
    const uploading = method === 'POST' && path.endsWith('/assets');
    const json = uploading || body.length === 0 ? {} : (JSON.parse(body.toString()) as Record<string, never>);
    if (method === 'GET' && path === '/user') return [200, { login: OWNER }];
    if (method === 'POST' && path === '/user/repos') return this.#checked('repo', json, () => this.#makeRepo());
    if (this.#repo === undefined || !path.startsWith(repo)) return [404, { message: 'Not Found' }];
    const rest = path.slice(repo.length);
    const [, first = '', id = '', last = ''] = /^\/(pulls|releases)(?:\/(\w+))?(?:\/(\w+))?/.exec(rest) ?? [];
    if (rest === '') return [200, this.#view()];
    if (rest.startsWith('/attestations')) return this.#attestationsOf(method, rest.split('/')[2], json);
    if (first === 'pulls') return this.#pulls(`${method} ${last}`, { id: Number(id), json, url });
    if (id === 'assets' && method === 'DELETE') return this.#deleteAsset(Number(last));
    if (first === 'releases') return this.#releasesOf(`${method} ${last}`, { id: Number(id), json, url, body });
    return [404, { message: 'Not Found' }];
  }

  #attestationsOf(method: string, subject: string | undefined, json: JsonObject): [number, unknown?] {
    const { attestations } = this;
    if (attestations === undefined) return [404, { message: 'Not Found' }];
    if (method === 'GET') {
      const found = attestations.filter((bundle) => subjectsOf(bundle).includes(decodeURIComponent(subject ?? '')));
      return found.length === 0
        ? [404, { message: 'Not Found' }]
        : [200, { attestations: found.map((bundle) => ({ bundle, repository_id: 1 })) }];
    }
    return this.#checked('attestation', json, () => {
      attestations.push(json['bundle'] as JsonObject);
      return [201, { id: ++this.#ids }];
    });
  }

  #checked(kind: string, json: JsonObject, work: () => [number, unknown?]): [number, unknown?] {
    const check = CHECKS.get(kind)?.(json);
    return check?.valid === true ? work() : [422, { message: `Validation Failed: ${JSON.stringify(check)}` }];
  }

  #makeRepo(): [number, unknown?] {
    if (this.#repo !== undefined) return [422, { message: 'name already exists on this account' }];
    this.#repo = 'parcels';
    this.#createGit();
    return [201, this.#view()];
  }

  #view(): JsonObject {
    const page = `${OWNER}/parcels`;
    return { default_branch: 'main', html_url: `${this.origin}/${page}`, clone_url: `${this.origin}/git/${page}.git` };
  }

  #pulls(what: string, { id, json, url }: { id: number; json: Record<string, never>; url: URL }): [number, unknown?] {
    const pull = this.pulls.find(({ number }) => number === id);
    if (what === 'GET ' && id > 0) return pull === undefined ? [404, {}] : [200, this.#pullView(pull)];
    if (what === 'GET ') {
      const head = url.searchParams.get('head')?.replace(`${OWNER}:`, '');
      return [200, this.pulls.filter((each) => each.head === head).map((each) => this.#pullView(each))];
    }
    if (what === 'PUT merge') {
      return this.#checked('merge', json, () => {
        if (pull === undefined || pull.merged) return [405, { message: 'Pull Request is not mergeable' }];
        if (json['sha'] !== this.run('rev-parse', `refs/heads/${pull.head}`))
          return [409, { message: 'Head branch was modified' }];
        this.merge(id);
        return [200, { merged: true, sha: pull.merge_commit_sha }];
      });
    }
    return this.#checked('pull', json, () => {
      const { head, base, title, body } = json as unknown as Pull;
      if (this.pulls.some((each) => each.head === head)) return [422, { message: 'A pull request already exists' }];
      this.run('rev-parse', `refs/heads/${head}`);
      const made: Pull = { number: ++this.#ids, head, base, title, body, merged: false, state: 'open', merge_commit_sha: null };
      this.pulls.push(made);
      return [201, this.#pullView(made)];
    });
  }

  #pullView(pull: Pull): JsonObject {
    return { ...pull, head: { ref: pull.head }, base: { ref: pull.base }, html_url: `http://127.0.0.1/pull/${pull.number}` };
  }

  #releasesOf(
    what: string,
    { id, json, url, body }: { id: number; json: Record<string, never>; url: URL; body: Buffer },
  ): [number, unknown?] {
    const release = this.releases.find((each) => each.id === id);
    if (what === 'GET assets') return release === undefined ? [404, {}] : [200, release.assets];
    if (what === 'POST assets') return this.#upload(id, url.searchParams.get('name') ?? '', body);
    if (what === 'GET ' && id > 0) return release === undefined ? [404, {}] : [200, this.#releaseView(release)];
    if (what === 'GET ') return [200, this.releases.map((each) => this.#releaseView(each))];
    if (what === 'PATCH ') {
      return this.#checked('update', json, () => {
        if (release === undefined) return [404, {}];
        Object.assign(release, json);
        return [200, this.#releaseView(release)];
      });
    }
    return this.#checked('release', json, () => {
      const made: FakeRelease = {
        id: ++this.#ids,
        name: '',
        body: '',
        draft: false,
        assets: [],
        ...(json as unknown as { tag_name: string }),
      };
      this.releases.push(made);
      return [201, this.#releaseView(made)];
    });
  }

  #releaseView(release: FakeRelease): JsonObject {
    const repo = `${OWNER}/parcels`;
    return {
      ...release,
      assets: release.assets.map((asset) => ({ ...asset })),
      html_url: `${this.origin}/${repo}/releases/${release.tag_name}`,
      upload_url: `${this.origin}${this.#paths.uploads}/repos/${repo}/releases/${release.id}/assets{?name,label}`,
    };
  }

  #upload(id: number, name: string, body: Buffer): [number, unknown?] {
    const release = this.releases.find((each) => each.id === id);
    if (release === undefined) return [404, {}];
    if (!release.draft) return [422, { message: 'Cannot upload assets to an immutable release.' }];
    if (release.assets.some((asset) => asset.name === name)) return [422, { message: 'already_exists' }];
    const asset: Asset = { id: ++this.#ids, name, size: body.length, state: 'uploaded', digest: sha256(body) };
    release.assets.push(asset);
    if (!this.breakUpload) return [201, asset];
    this.breakUpload = false;
    Object.assign(asset, { state: 'starter', size: 0, digest: null });
    return [0];
  }

  #deleteAsset(id: number): [number, unknown?] {
    for (const release of this.releases) release.assets = release.assets.filter((asset) => asset.id !== id);
    return [204];
  }

  /** Git's own server, by CGI (git-http-backend(1)). */
  async #serveGit(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const basic = Buffer.from(`x-access-token:${TOKEN}`).toString('base64');
    if (request.headers.authorization !== `Basic ${basic}`) {
      response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
      return;
    }
    const child = spawn('git', ['http-backend'], {
      env: {
        ...ENV,
        GIT_PROJECT_ROOT: this.#root,
        GIT_HTTP_EXPORT_ALL: '1',
        REMOTE_USER: OWNER,
        PATH_INFO: url.pathname.slice('/git'.length),
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method ?? 'GET',
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        HTTP_GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      },
    });
    request.pipe(child.stdin);
    const output = await bytesOf(child.stdout);
    const split = output.indexOf('\r\n\r\n');
    const headers = output
      .toString('latin1', 0, split)
      .split('\r\n')
      .map((line) => line.split(': '));
    const status = Number(headers.find(([name]) => name === 'Status')?.[1]?.slice(0, 3) ?? 200);
    response.writeHead(status, Object.fromEntries(headers.filter(([name]) => name !== 'Status')));
    response.end(output.subarray(split + 4));
  }
}

function subjectsOf(bundle: JsonObject): string[] {
  const { payload } = bundle['dsseEnvelope'] as { payload: string };
  const { subject } = JSON.parse(Buffer.from(payload, 'base64').toString()) as { subject: { digest: { sha256: string } }[] };
  return subject.map(({ digest }) => `sha256:${digest.sha256}`);
}

const ENV = {
  PATH: process.env['PATH'] ?? '',
  HOME: tmpdir(),
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ann',
  GIT_AUTHOR_EMAIL: 'ann@example.com',
  GIT_COMMITTER_NAME: 'Ann',
  GIT_COMMITTER_EMAIL: 'ann@example.com',
};

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
