import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { sha256 } from '../../../../src/base/digest.ts';
import { openKeylessSigner } from '../../../../src/runtime/vault/keyless/keyless-signer.ts';
import { type GitHubOptions, githubTarget } from '../../../../src/runtime/vault/promote/github-target.ts';
import type { PromotionStep, Release } from '../../../../src/runtime/vault/promote/promotion.ts';
import { PROMOTER } from '../../../../src/runtime/vault/promote/release-repository.ts';
import { RELEASE_SIGNED } from '../../../../src/runtime/vault/promote/release-statement.ts';
import { type PromotionOutcome, runPromotion } from '../../../../src/runtime/vault/promote/run-promotion.ts';
import { sshPublicKey } from '../../../../src/runtime/vault/promote/ssh-signature.ts';
import { statement } from '../../../../src/runtime/vault/statement.ts';
import { GitRelease } from '../../../../src/runtime/workspace/git-release.ts';
import { identityToken, MockSigstore } from '../../../support/mock-sigstore.ts';
import { FILES, MISSION, openWorkspace, type Workspace } from '../sample-mission.ts';
import { FakeGitHub, TOKEN } from './fake-github.ts';
import { dyingAt, Killed, sampleRelease, sampleSeal } from './sample-release.ts';

let workspace: Workspace;
let release: Release;
let github: FakeGitHub;
let scratch: string;
let runs = 0;
beforeEach(async () => {
  workspace = await openWorkspace();
  release = await sampleRelease(workspace);
  github = await FakeGitHub.start();
  scratch = mkdtempSync(join(tmpdir(), 'promotion-'));
});
afterEach(() => {
  github.stop();
  workspace[Symbol.dispose]();
  rmSync(scratch, { recursive: true });
});

/** As a process of its own would: with an empty folder for git. */
function stepsOf(changes: Partial<GitHubOptions> = {}): PromotionStep[] {
  const folder = join(scratch, `git-${runs++}`);
  const env = { PATH: process.env['PATH'] ?? '', HOME: scratch };
  return githubTarget({
    api: github.api,
    token: TOKEN,
    owner: 'ann',
    repo: 'parcels',
    merge: true,
    tag: 'v1.0.0',
    key: workspace.signingKey,
    open: (url) => new GitRelease({ url, token: TOKEN, env, folder }),
    ...changes,
  }).steps(release, sampleSeal(workspace));
}

function promote(steps = stepsOf()): Promise<PromotionOutcome> {
  return runPromotion({ log: workspace.log, id: 'p1', steps });
}

/** Seven steps, one for each asset, and the publication. */
const CUTS = Array.from({ length: 15 }, (_, at) => at);

const ASSETS = [
  'SHA256SUMS',
  'checkpoint',
  'evidence.tar.gz',
  'gate.sigstore.json',
  'product.tar.gz',
  'release.sigstore.json',
  'sbom.cdx.json',
];

function expectPromotedOnce(): void {
  expect(github.pulls).toHaveLength(1);
  expect(github.releases).toHaveLength(1);
  expect(github.releases[0]).toMatchObject({ tag_name: 'v1.0.0', draft: false });
  expect(github.releases[0]?.assets.map(({ name }) => name).toSorted()).toEqual(ASSETS);
  expect(github.releases[0]?.assets.every(({ state }) => state === 'uploaded')).toBe(true);
  expect(github.run('for-each-ref', '--format=%(refname)').split('\n')).toEqual([
    `refs/heads/agentnexus/${MISSION}`,
    'refs/heads/main',
    'refs/tags/v1.0.0',
  ]);
  expect([...workspace.log.entries({ kinds: [RELEASE_SIGNED] })]).toHaveLength(1);
  // One commit with the product, one that merges it.
  expect(github.run('rev-list', '--count', 'main')).toBe('3');
  expect(github.run('rev-parse', 'v1.0.0^{commit}')).toBe(github.run('rev-parse', 'main'));
  for (const [path, { content }] of Object.entries(FILES)) expect(`${github.run('show', `main:${path}`)}\n`).toBe(content);
  expect(github.run('show', 'main:LICENSE')).toBe('MIT');
}

describe('a promotion to GitHub', () => {
  it('makes branch, pull request, merge, signed tag and release, and a second run nothing more', async () => {
    expect(await promote()).toMatchObject({ state: 'done' });
    expectPromotedOnce();
    expect(github.pulls[0]?.body).toContain('| `src/add.ts` |');
    const asked = github.requests.length;
    expect(await promote()).toMatchObject({ state: 'done', done: [] });
    expect(github.requests).toHaveLength(asked);
  });

  it('signs a tag that git verifies in a clone, with the checkpoint of the log in it', async () => {
    await promote();
    const clone = join(scratch, 'clone');
    execFileSync('git', ['clone', '--quiet', github.git, clone]);
    const signers = join(scratch, 'signers');
    writeFileSync(signers, `${PROMOTER.email} namespaces="git" ${sshPublicKey(workspace.signingKey)}\n`);
    const verify = (): string =>
      execFileSync('git', ['-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${signers}`, 'verify-tag', '-v', 'v1.0.0'], {
        cwd: clone,
        encoding: 'utf8',
        stdio: 'pipe',
      });
    expect(verify()).toContain(release.checkpoint.trim());
    writeFileSync(signers, '');
    expect(verify).toThrow(/No principal/);
  });

  it('has as many steps as are cut below', () => expect(stepsOf()).toHaveLength(CUTS.length));

  it.each(CUTS)('is taken up after step %i was cut off, without doing anything twice', async (at) => {
    // Before anything of a step was done is after the one before.
    await expect(promote(dyingAt(stepsOf(), at, 'after'))).rejects.toThrow(Killed);
    expect(await promote()).toMatchObject({ state: 'done' });
    expectPromotedOnce();
  });

  it('replaces the stub that an upload has left which was cut off', async () => {
    github.breakUpload = true;
    await expect(promote()).rejects.toMatchObject({ code: 'PROMOTION_FAILED' });
    expect(github.releases[0]?.assets).toMatchObject([{ state: 'starter' }]);
    expect(await promote()).toMatchObject({ state: 'done' });
    expectPromotedOnce();
  });

  it.each([false, true])('waits for a person to merge, and goes on with what was merged (squashed: %s)', async (squash) => {
    const open = { merge: false };
    expect(await promote(stepsOf(open))).toMatchObject({ state: 'waiting', reason: expect.stringContaining('/pull/') });
    expect(github.releases).toHaveLength(0);
    expect(await promote(stepsOf(open))).toMatchObject({ state: 'waiting', done: [] });
    github.merge(github.pulls[0]?.number ?? 0, { squash });
    expect(await promote(stepsOf(open))).toMatchObject({ state: 'done' });
    expect(github.run('rev-parse', 'v1.0.0^{commit}')).toBe(github.run('rev-parse', 'main'));
  });

  it('refuses to tag what is not the product', async () => {
    await promote(stepsOf({ merge: false }));
    const [pull] = github.pulls;
    const first = github.run('rev-list', '--max-parents=0', 'main');
    Object.assign(pull ?? {}, { merged: true, state: 'closed', merge_commit_sha: first });
    await expect(promote(stepsOf({ merge: false }))).rejects.toMatchObject({
      code: 'PROMOTION_CONFLICT',
      message: expect.stringContaining('not the product'),
    });
    expect(github.run('tag')).toBe('');
  });

  it('replaces nothing of others: a branch, a tag, a closed pull request', async () => {
    github.run('update-ref', `refs/heads/agentnexus/${MISSION}`, 'main');
    await expect(promote()).rejects.toMatchObject({ code: 'PROMOTION_CONFLICT' });
    github.run('update-ref', '-d', `refs/heads/agentnexus/${MISSION}`);
    github.run('tag', '-a', 'v1.0.0', '-m', 'mine', 'main');
    await expect(promote()).rejects.toMatchObject({ code: 'PROMOTION_CONFLICT', message: expect.stringContaining('tag v1.0.0') });
    expect(github.releases).toHaveLength(0);
  });

  it('says what is wrong with token, repository and address, and shows the token nowhere', async () => {
    await expect(promote(stepsOf({ token: 'wrong' }))).rejects.toMatchObject({
      code: 'PROMOTION_FAILED',
      hint: expect.stringContaining('GITHUB_TOKEN'),
    });
    await expect(promote(stepsOf({ repo: 'other' }))).rejects.toMatchObject({
      hint: expect.stringContaining('--create-repository'),
    });
    await expect(promote(stepsOf({ api: 'http://127.0.0.1:9' }))).rejects.toMatchObject({ code: 'PROMOTION_FAILED' });
    const all = [...workspace.log.entries()].map(({ data }) => JSON.stringify(data)).join('');
    expect(all).not.toContain(TOKEN);
  });

  it('makes the repository where it is told to', async () => {
    github.stop();
    github = await FakeGitHub.start({ empty: true });
    expect(await promote(stepsOf({ create: 'private' }))).toMatchObject({ state: 'done' });
    expectPromotedOnce();
  });
});

describe('attestations', () => {
  let sigstore: MockSigstore;
  beforeEach(async () => void (sigstore = await MockSigstore.start()));
  afterEach(() => sigstore.stop());

  /** The release, with statements that an identity has signed about as many files. */
  async function signed(counts: readonly number[]): Promise<Release> {
    const identity = async (): Promise<string> => identityToken();
    const signer = await openKeylessSigner({ services: sigstore.services(), identity, clock: { now: () => Date.now() } });
    const files = await Promise.all(
      counts.map(async (count, at) => {
        const digest = { sha256: String(at).repeat(64) };
        const subject = Array.from({ length: count }, (_, name) => ({ name: `f${name}`, digest }));
        const bundle = await signer.sign(statement('https://slsa.dev/provenance/v1', subject, {}));
        const path = `evidence/signed-${at}.sigstore.json`;
        writeFileSync(join(release.dir, path), bundle);
        return { path, size: bundle.length, digest: sha256(bundle) };
      }),
    );
    return { ...release, files: [...release.files, ...files] };
  }

  it('are stored for what an identity has signed, once, wherever a run was cut off', async () => {
    release = await signed([1, 2]);
    const first = stepsOf().findIndex(({ name }) => name.startsWith('attest'));
    for (const at of [first, first + 1]) await expect(promote(dyingAt(stepsOf(), at, 'after'))).rejects.toThrow(Killed);
    expect(await promote()).toMatchObject({ state: 'done' });
    expectPromotedOnce();
    expect(github.attestations).toHaveLength(2);
  });

  it('are left out where they are too large, or where there is no store', async () => {
    release = await signed([1025]);
    await promote();
    expect(github.attestations).toEqual([]);
    expect(github.requests.filter((each) => each.includes('attestations'))).toEqual([]);
    github.attestations = undefined;
    release = await signed([1]);
    expect(await runPromotion({ log: workspace.log, id: 'p2', steps: stepsOf({ tag: 'v2' }) })).toMatchObject({ state: 'done' });
  });

  it('are not for what the local key has signed', async () => {
    expect(stepsOf().filter(({ name }) => name.startsWith('attest'))).toEqual([]);
  });
});
