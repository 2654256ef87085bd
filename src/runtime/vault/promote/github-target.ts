import type { Octokit } from '@octokit/rest';

import { hexOf, sha256 } from '../../../base/digest.ts';
import { NexusError } from '../../../base/errors.ts';
import type { JsonObject } from '../../../base/json.ts';
import type { SigningKey } from '../signing-key.ts';
import { type Attestation, attestationsOf, isStored, MOST_SUBJECTS } from './attestations.ts';
import { asking, type GitHubAccess, limits, openGitHub, unlessMissing } from './github-client.ts';
import {
  type PromotionStep,
  type PromotionTarget,
  PromotionWaits,
  type Release,
  type ReleaseSeal,
  type StepResults,
} from './promotion.ts';
import { PROMOTER, type ReleaseRepository } from './release-repository.ts';
import { githubPurl, RELEASE_FILE, signedRelease, signStep } from './release-statement.ts';
import { commitMessage, evidenceText, releaseTitle, tagMessage } from './release-text.ts';
import { sshSignature } from './ssh-signature.ts';

export interface GitHubOptions extends GitHubAccess {
  owner: string;
  repo: string;
  /** Branch to merge into; the repository's default if there is none. */
  base?: string | undefined;
  /** Merge the pull request rather than wait for a person to do so. */
  merge: boolean;
  /** Make the repository if there is none. */
  create?: 'private' | 'public' | undefined;
  /** Name of the tag and the release. */
  tag: string;
  /** Signs the tag. */
  key: SigningKey;
  /** Opens the repository for git. */
  open: (cloneUrl: string) => ReleaseRepository;
}

/**
 * Carries a release to GitHub, in the order that immutable releases ask for: branch, pull request, merge, signed tag, draft, assets, and
 * published last. Everything is looked for before it is made, so that a run that was cut off is taken up.
 */
export function githubTarget(options: GitHubOptions): PromotionTarget {
  const { owner, repo } = options;
  return {
    address: `github:${owner}/${repo}`,
    steps: (release, seal) => new GitHubSteps(options, release, seal).all(),
    url: (results) => answered(results, 'publish', 'url') ?? answered(results, 'pull', 'url'),
  };
}

class GitHubSteps {
  readonly #options: GitHubOptions;
  readonly #release: Release;
  readonly #seal: ReleaseSeal;
  readonly #at: { owner: string; repo: string };
  readonly #branch: string;
  #client: Promise<Octokit> | undefined;

  constructor(options: GitHubOptions, release: Release, seal: ReleaseSeal) {
    this.#options = options;
    this.#release = release;
    this.#seal = seal;
    this.#at = { owner: options.owner, repo: options.repo };
    this.#branch = `agentnexus/${release.mission}`;
  }

  all(): PromotionStep[] {
    const { owner, repo, merge, base = 'its default branch', tag, create, api } = this.#options;
    const { tree, assets } = this.#release;
    return [
      this.#step(
        'repository',
        `look at ${owner}/${repo}${create === undefined ? '' : `, and make it (${create}) if it is not there`}`,
        () => this.#repository(),
      ),
      this.#step('branch', `push ${tree.length} files as one commit to branch ${this.#branch}`, (results) =>
        this.#pushBranch(results),
      ),
      this.#step('pull', `open a pull request into ${base}, with the evidence as a table`, (results) => this.#pull(results)),
      this.#step('merge', merge ? 'merge it' : 'wait until a person has merged it', (results) => this.#merge(results)),
      this.#step('tag', `push tag ${tag}, signed here, with the checkpoint of the log`, (results) => this.#tag(results)),
      ...attestationsOf(this.#release).map((attestation) =>
        this.#step(`attest ${attestation.path}`, `store ${attestation.path} as an attestation`, () => this.#attest(attestation)),
      ),
      signStep(this.#release, githubPurl({ owner, repo, tag, host: bareHost(api) }), this.#seal),
      this.#step('release', `draft release ${tag}`, () => this.#draft()),
      ...[...assets].map(([name, bytes]) =>
        this.#step(`asset ${name}`, `upload ${name} (${bytes.length} bytes)`, (results) => this.#asset(name, bytes, results)),
      ),
      this.#step(`asset ${RELEASE_FILE}`, `upload ${RELEASE_FILE}`, (results) =>
        this.#asset(RELEASE_FILE, signedRelease(results, this.#seal), results),
      ),
      this.#step('publish', `publish release ${tag}`, (results) => this.#publish(results)),
    ];
  }

  #step(name: string, what: string, act: (results: StepResults) => Promise<JsonObject>): PromotionStep {
    return { name, what, act: (results) => asking(what, this.#options, () => act(results)) };
  }

  async #repository(): Promise<JsonObject> {
    const github = await this.#github();
    const found = await unlessMissing(github.rest.repos.get({ ...this.#at, request: limits() }));
    const { data } = found ?? (await this.#create(github));
    refuseOtherHost(data.clone_url, this.#options.api);
    return { url: data.html_url, clone: data.clone_url, base: this.#options.base ?? data.default_branch };
  }

  async #create(github: Octokit) {
    const { owner, repo, create } = this.#options;
    if (create === undefined) {
      throw new NexusError('PROMOTION_FAILED', `There is no repository ${owner}/${repo}, or the token may not see it.`, {
        hint: 'Make it, or let it be made: --create-repository private.',
        details: { owner, repo },
      });
    }
    const wish = { name: repo, private: create === 'private', auto_init: true, request: limits() };
    const { data: user } = await github.rest.users.getAuthenticated({ request: limits() });
    return user.login.toLowerCase() === owner.toLowerCase()
      ? github.rest.repos.createForAuthenticatedUser(wish)
      : github.rest.repos.createInOrg({ org: owner, ...wish });
  }

  /** The parent is looked up once: the same commit is then made in every run. */
  async #pushBranch(results: StepResults): Promise<JsonObject> {
    const git = this.#git(results);
    const base = need(results, 'repository', 'base');
    const ref = `refs/heads/${this.#branch}`;
    const there = await git.ref(ref);
    if (there !== undefined) {
      const lacking = await git.lacks(there, this.#release);
      if (lacking.length > 0) throw conflict(`branch ${this.#branch} holds something else (${lacking[0]})`);
      return { commit: there, branch: this.#branch };
    }
    const parent = await git.ref(`refs/heads/${base}`);
    if (parent === undefined) throw conflict(`there is no branch ${base} to build on`);
    const message = commitMessage(this.#release);
    const commit = await git.commit(this.#release, { parent, message, time: this.#release.finishedAt });
    await git.push(commit, ref);
    return { commit, branch: this.#branch };
  }

  async #pull(results: StepResults): Promise<JsonObject> {
    const github = await this.#github();
    const head = `${this.#options.owner}:${this.#branch}`;
    const listed = await github.rest.pulls.list({ ...this.#at, head, state: 'all', request: limits() });
    const [found] = listed.data;
    if (found !== undefined) return { number: found.number, url: found.html_url };
    const { data } = await github.rest.pulls.create({
      ...this.#at,
      head: this.#branch,
      base: need(results, 'repository', 'base'),
      title: releaseTitle(this.#release),
      body: evidenceText(this.#release, this.#options.key),
      request: limits(),
    });
    return { number: data.number, url: data.html_url };
  }

  /** What was merged must hold the product, byte for byte, whoever has merged it and how. */
  async #merge(results: StepResults): Promise<JsonObject> {
    const github = await this.#github();
    const pull = { ...this.#at, pull_number: Number(results.get('pull')?.['number']), request: limits() };
    let { data } = await github.rest.pulls.get(pull);
    if (!data.merged && data.state === 'closed')
      throw conflict(`the pull request was closed without being merged (${data.html_url})`);
    if (!data.merged && !this.#options.merge)
      throw new PromotionWaits(`Merge ${data.html_url}, then run the same command again.`);
    if (!data.merged) {
      await github.rest.pulls.merge({ ...pull, sha: need(results, 'branch', 'commit'), merge_method: 'merge' });
      ({ data } = await github.rest.pulls.get(pull));
    }
    const commit = data.merge_commit_sha;
    if (commit === null) throw conflict('GitHub does not say which commit the merge is');
    const lacking = await this.#git(results).lacks(commit, this.#release);
    if (lacking.length > 0) throw conflict(`what was merged is not the product that the gate passed (${lacking[0]})`);
    return { commit };
  }

  async #tag(results: StepResults): Promise<JsonObject> {
    const git = this.#git(results);
    const ref = `refs/tags/${this.#options.tag}`;
    const commit = need(results, 'merge', 'commit');
    const text = this.#tagText(commit);
    const there = await git.ref(ref);
    if (there !== undefined) {
      const [payload] = (await git.tagText(ref)).split('-----BEGIN SSH SIGNATURE-----');
      if (payload !== text) throw conflict(`tag ${this.#options.tag} is another one`);
      return { object: there };
    }
    const object = await git.tag(text + sshSignature(text, this.#options.key), commit);
    await git.push(object, ref);
    return { object };
  }

  #tagText(commit: string): string {
    const seconds = Math.floor(Date.parse(this.#release.finishedAt) / 1000);
    const tagger = `tagger ${PROMOTER.name} <${PROMOTER.email}> ${seconds} +0000`;
    return `object ${commit}\ntype commit\ntag ${this.#options.tag}\n${tagger}\n\n${tagMessage(this.#release)}`;
  }

  /** What is stored cannot be taken back, nor told from what was stored twice: so it is looked for first. */
  async #attest(attestation: Attestation): Promise<JsonObject> {
    const { bundle, subject, subjects } = attestation;
    if (subjects > MOST_SUBJECTS) return { stored: false, reason: `it is about more than ${MOST_SUBJECTS} files` };
    const github = await this.#github();
    const asked = { ...this.#at, subject_digest: subject, per_page: 100, request: limits() };
    const listed = await unlessMissing(github.rest.repos.listAttestations(asked));
    if (listed?.data.attestations?.some((each) => isStored(each.bundle, attestation)) === true) return { stored: true };
    const { mediaType, dsseEnvelope, verificationMaterial } = bundle;
    const wish = { ...this.#at, bundle: { mediaType, dsseEnvelope, verificationMaterial }, request: limits() };
    const made = github.rest.repos.createAttestation(wish);
    // Enterprise servers have no such store.
    const answer = this.#options.api === PUBLIC_API ? await made : await unlessMissing(made);
    return answer === undefined ? { stored: false, reason: 'there is no store' } : { stored: true, id: answer.data.id ?? null };
  }

  async #draft(): Promise<JsonObject> {
    const found = await this.#findRelease();
    if (found !== undefined) return { id: found.id };
    const github = await this.#github();
    const { data } = await github.rest.repos.createRelease({
      ...this.#at,
      tag_name: this.#options.tag,
      name: releaseTitle(this.#release),
      body: evidenceText(this.#release, this.#options.key),
      draft: true,
      request: limits(),
    });
    return { id: data.id };
  }

  /** Drafts are found in the list alone. */
  async #findRelease() {
    const github = await this.#github();
    for await (const { data } of github.paginate.iterator(github.rest.repos.listReleases, { ...this.#at, per_page: 100 })) {
      const found = data.find(({ tag_name: tag }) => tag === this.#options.tag);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** An upload that was cut off leaves a stub of that name (`starter`), which is in the way. */
  async #asset(name: string, bytes: Uint8Array, results: StepResults): Promise<JsonObject> {
    const github = await this.#github();
    const release = { ...this.#at, release_id: Number(results.get('release')?.['id']), request: limits() };
    const assets = await github.paginate(github.rest.repos.listReleaseAssets, { ...release, per_page: 100 });
    const there = assets.find((asset) => asset.name === name);
    const digest = sha256(bytes);
    if (there?.state === 'uploaded') {
      const isSame = there.size === bytes.length && (typeof there.digest !== 'string' || there.digest === digest);
      if (!isSame) throw conflict(`the release has another asset ${name}`);
      return { id: there.id, sha256: hexOf(digest) };
    }
    if (there !== undefined) await github.rest.repos.deleteReleaseAsset({ ...this.#at, asset_id: there.id, request: limits() });
    const { data } = await github.rest.repos.getRelease(release);
    const url = `${data.upload_url.replace(/\{.*$/, '')}?name=${encodeURIComponent(name)}`;
    refuseOtherHost(url, this.#options.api);
    const headers = { 'content-type': 'application/octet-stream', 'content-length': bytes.length };
    const uploaded = await github.request({ method: 'POST', url, headers, data: Buffer.from(bytes), request: limits() });
    const { id, state } = uploaded.data as { id?: unknown; state?: unknown };
    if (typeof id !== 'number' || state !== 'uploaded') throw new Error('its answer to an upload names no asset');
    return { id, sha256: hexOf(digest) };
  }

  async #publish(results: StepResults): Promise<JsonObject> {
    const github = await this.#github();
    const release = { ...this.#at, release_id: Number(results.get('release')?.['id']), request: limits() };
    const { data: before } = await github.rest.repos.getRelease(release);
    const { data } = before.draft ? await github.rest.repos.updateRelease({ ...release, draft: false }) : { data: before };
    return { url: data.html_url };
  }

  #git(results: StepResults): ReleaseRepository {
    return this.#options.open(need(results, 'repository', 'clone'));
  }

  #github(): Promise<Octokit> {
    return (this.#client ??= openGitHub(this.#options));
  }
}

const PUBLIC_API = 'https://api.github.com';

function answered(results: StepResults, step: string, field: string): string | undefined {
  const value = results.get(step)?.[field];
  return typeof value === 'string' ? value : undefined;
}

function need(results: StepResults, step: string, field: string): string {
  const value = answered(results, step, field);
  if (value === undefined) throw new TypeError(`step ${step} has left no ${field}`);
  return value;
}

const bareHost = (address: string): string => new URL(address).hostname.replace(/^(?:api|uploads)\./, '');

/** The token goes nowhere but to the host that it was given for. */
function refuseOtherHost(url: string, api: string): void {
  if (bareHost(url) === bareHost(api)) return;
  throw new NexusError('PROMOTION_FAILED', `GitHub names another host (${new URL(url).hostname}) for what is to be sent.`, {
    hint: 'Check --github-api.',
    details: { api },
  });
}

function conflict(what: string): NexusError {
  return new NexusError('PROMOTION_CONFLICT', `Nothing was replaced on GitHub: ${what}.`, {
    hint: 'Settle it there, or promote elsewhere; then run the same command again.',
  });
}
