import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeAll, beforeEach, describe, expect, it, type TestContext } from 'vitest';

import { sha256 } from '../../src/base/digest.ts';
import { openKeylessSigner } from '../../src/runtime/vault/keyless/keyless-signer.ts';
import { type GitHubOptions, githubTarget } from '../../src/runtime/vault/promote/github-target.ts';
import type { Release } from '../../src/runtime/vault/promote/promotion.ts';
import { runPromotion } from '../../src/runtime/vault/promote/run-promotion.ts';
import { statement } from '../../src/runtime/vault/statement.ts';
import { GitRelease } from '../../src/runtime/workspace/git-release.ts';
import { ENTERPRISE, FakeGitHub, TOKEN } from '../runtime/vault/promote/fake-github.ts';
import { sampleRelease, sampleSeal } from '../runtime/vault/promote/sample-release.ts';
import { openWorkspace, type Workspace } from '../runtime/vault/sample-mission.ts';
import { identityToken, MockSigstore } from '../support/mock-sigstore.ts';
import { DescribedApi } from './github/described-api.ts';
import { findDescription, type FoundDescription } from './github/find-description.ts';
import { PEER_TIMEOUT } from './peers.ts';

const REPO = '/repos/{owner}/{repo}';
/** Of what a promotion asks. */
const PATHS = [
  '/user',
  '/user/repos',
  REPO,
  `${REPO}/pulls`,
  `${REPO}/pulls/{pull_number}`,
  `${REPO}/pulls/{pull_number}/merge`,
  `${REPO}/attestations`,
  `${REPO}/attestations/{subject_digest}`,
  `${REPO}/releases`,
  `${REPO}/releases/{release_id}`,
  `${REPO}/releases/{release_id}/assets`,
  `${REPO}/releases/assets/{asset_id}`,
];
const ALWAYS = [
  `GET ${REPO}`,
  `GET ${REPO}/pulls`,
  `GET ${REPO}/pulls/{pull_number}`,
  `GET ${REPO}/releases`,
  `GET ${REPO}/releases/{release_id}`,
  `GET ${REPO}/releases/{release_id}/assets`,
  `PATCH ${REPO}/releases/{release_id}`,
  `POST ${REPO}/pulls`,
  `POST ${REPO}/releases`,
  `POST ${REPO}/releases/{release_id}/assets`,
  `PUT ${REPO}/pulls/{pull_number}/merge`,
  'GET /user',
  'POST /user/repos',
];
const SITES = [
  { site: 'enterprise', paths: ENTERPRISE, store: [] },
  {
    site: 'github.com',
    paths: { api: '', uploads: '' },
    store: [`GET ${REPO}/attestations/{subject_digest}`, `POST ${REPO}/attestations`],
  },
] as const;

describe.each(SITES)('what is asked of $site', ({ site, paths, store }) => {
  let found: FoundDescription;
  let workspace: Workspace;
  let release: Release;
  let github: FakeGitHub;
  let scratch: string;
  beforeAll(async () => void (found = await findDescription(site)), PEER_TIMEOUT);
  beforeEach(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'described-'));
    workspace = await openWorkspace();
    release = await attested(await sampleRelease(workspace));
    github = await FakeGitHub.start({ empty: true, paths });
    if (site === 'enterprise') github.attestations = undefined;
  });
  afterEach(() => {
    github.stop();
    workspace[Symbol.dispose]();
    rmSync(scratch, { recursive: true });
  });

  function describedBy(context: TestContext): DescribedApi {
    if ('missing' in found) return context.skip(found.missing);
    const api = new DescribedApi(found.document, PATHS);
    github.answering = (exchange) => api.answer(exchange);
    return api;
  }

  const promote = (changes: Partial<GitHubOptions> = {}) => {
    const target = githubTarget({
      api: github.api,
      token: TOKEN,
      owner: 'ann',
      repo: 'parcels',
      merge: true,
      create: 'private',
      tag: 'v1.0.0',
      key: workspace.signingKey,
      open: (url) =>
        new GitRelease({
          url,
          token: TOKEN,
          env: { PATH: process.env['PATH'] ?? '', HOME: scratch },
          folder: mkdtempSync(join(scratch, 'git-')),
        }),
      ...changes,
    });
    return runPromotion({ log: workspace.log, id: 'p', steps: target.steps(release, sampleSeal(workspace)) });
  };

  it('is all in its description: each call, and each answer that is relied on', async (context) => {
    const api = describedBy(context);
    expect(await promote()).toMatchObject({ state: 'done' });
    expect(api.faults).toEqual([]);
    expect([...api.asked].toSorted()).toEqual([...ALWAYS, ...store].toSorted());
  });

  it('is so too where it goes on from an upload that was cut off, and waits for a person', async (context) => {
    const api = describedBy(context);
    expect(await promote({ merge: false })).toMatchObject({ state: 'waiting' });
    github.merge(github.pulls[0]?.number ?? 0, { squash: true });
    github.breakUpload = true;
    await expect(promote({ merge: false })).rejects.toMatchObject({ code: 'PROMOTION_FAILED' });
    expect(await promote({ merge: false })).toMatchObject({ state: 'done' });
    // What is left of the upload is `starter`: the description says so in its text, not in its schema.
    expect(new Set(api.faults)).toEqual(
      new Set([`GET ${REPO}/releases/{release_id}/assets, answer 200: /0/state must be equal to one of the allowed values`]),
    );
    expect(api.asked).toContain(`DELETE ${REPO}/releases/assets/{asset_id}`);
  });

  it('would not be, were a call another', async (context) => {
    const api = describedBy(context);
    const ask = (path: string, init: RequestInit = {}) =>
      fetch(`${github.api}${path}`, {
        ...init,
        headers: { authorization: `token ${TOKEN}`, 'content-type': 'application/json' },
      });
    await ask('/user?color=red');
    await ask('/user/repos', { method: 'POST', body: JSON.stringify({ name: 7, colour: 'red' }) });
    expect(api.faults).toEqual([
      'GET /user: it knows no query color',
      'POST /user/repos: what is sent: /name must be string',
      'POST /user/repos: what is sent: it knows no colour',
    ]);
  });
});

/** With a statement that an identity has signed, which is what GitHub's store takes. */
async function attested(release: Release): Promise<Release> {
  const sigstore = await MockSigstore.start();
  try {
    const identity = async (): Promise<string> => identityToken();
    const signer = await openKeylessSigner({ services: sigstore.services(), identity, clock: { now: () => Date.now() } });
    const subject = [{ name: 'src/add.ts', digest: { sha256: '0'.repeat(64) } }];
    const bundle = await signer.sign(statement('https://slsa.dev/provenance/v1', subject, {}));
    const path = 'evidence/signed.sigstore.json';
    writeFileSync(join(release.dir, path), bundle);
    return { ...release, files: [...release.files, { path, size: bundle.length, digest: sha256(bundle) }] };
  } finally {
    sigstore.stop();
  }
}
