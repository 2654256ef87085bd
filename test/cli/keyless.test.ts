import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { identityToken, ISSUER, MockSigstore, WORKFLOW } from '../support/mock-sigstore.ts';
import { folderWith, specKit } from './spec-kit-process.ts';

const SPEC = '# Notes\n\n## Contracts\n\n- Contract: Note\n  - Schema: `{ id: UUID }`\n';
const SIGNED = ['--signing', 'keyless', '--signing-config', 'signing_config.json', '--trusted-root', 'trusted_root.json'];

let sigstore: MockSigstore;
beforeAll(async () => void (sigstore = await MockSigstore.start()));
afterAll(() => sigstore.stop());

let cwd: string;
beforeEach(() => {
  sigstore.asked.clear();
  sigstore.down.clear();
  cwd = folderWith({
    'spec.md': SPEC,
    'signing_config.json': sigstore.signingConfig(),
    'trusted_root.json': sigstore.trustedRoot,
  });
});

async function run(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; json: Answer; stderr: string }> {
  const { code, stdout, stderr } = await specKit({ cwd, env: { AGENTNEXUS_KEYS: join(cwd, 'keys'), ...env } }, ...args, '--json')
    .ended;
  return { code, json: JSON.parse(stdout), stderr };
}

interface Answer {
  kind: string;
  id?: string;
  code?: string;
  state?: string;
  result?: string;
  tasks?: { total: number; cached: number };
  failures?: { subject: string; code: string; message: string }[];
  identities?: object[];
  trust?: { use: string; from: string }[];
}

const TOKEN = { SIGSTORE_ID_TOKEN: identityToken() };
const EXPECTED = ['--certificate-identity', WORKFLOW, '--certificate-oidc-issuer', ISSUER];

describe('a mission that is signed without a key', { timeout: 120_000 }, () => {
  it('runs, is exported, and verifies offline under the trusted root, for the identity that is expected', async () => {
    const { json } = await run(['apply', 'spec.md', ...SIGNED], TOKEN);
    expect(json.state).toBe('succeeded');
    const mission = json.id ?? '';
    expect(sigstore.asked.get('/api/v2/signingCert')).toBe(1);
    // The list of files was signed when the mission ended, and nobody is asked again, whatever the log has had since.
    writeFileSync(join(cwd, 'later.md'), SPEC.replaceAll('Note', 'Later'));
    expect((await run(['apply', 'later.md'])).json).toMatchObject({ state: 'succeeded' });
    expect(await run(['evidence', 'export', mission, '--out', 'evidence'])).toMatchObject({
      code: 0,
      json: { keys: { signing: null } },
    });
    sigstore.asked.clear();
    const here = await run(['verify']);
    expect(here.json).toMatchObject({
      result: 'verified',
      identities: [{ subject: WORKFLOW, issuer: ISSUER, from: 'workspace' }],
    });
    const alone = await run(['verify', 'evidence']);
    expect(alone.json).toMatchObject({ result: 'verified', identities: [{ from: 'folder' }] });
    const rooted = await run(['verify', 'evidence', '--trusted-root', 'trusted_root.json']);
    expect(rooted.json).toMatchObject({ result: 'verified', identities: [{ from: 'root' }] });
    const known = await run(['verify', 'evidence', '--trusted-root', 'trusted_root.json', ...EXPECTED]);
    expect(known.json).toMatchObject({
      result: 'verified',
      identities: [{ subject: WORKFLOW, from: 'user' }],
      trust: [{ use: 'log', from: 'vouched' }],
    });
    expect(sigstore.asked.size).toBe(0);
    const stranger = await run([
      'verify',
      'evidence',
      '--trusted-root',
      'trusted_root.json',
      ...EXPECTED.with(1, 'me@example.com'),
    ]);
    expect(stranger).toMatchObject({ code: 1, json: { result: 'failed' } });
    expect(stranger.json.failures?.[0]).toMatchObject({ code: 'VERIFY_IDENTITY', message: expect.stringContaining(WORKFLOW) });
    // The local key signs the list of files only where that is said, and then that key has to be given too.
    expect((await run(['evidence', 'export', mission, '--out', 'mixed', '--signing', 'key'])).code).toBe(0);
    const root = ['--trusted-root', 'trusted_root.json', ...EXPECTED];
    const failed = await run(['verify', 'mixed', ...root]);
    expect(failed.json.failures).toEqual([
      expect.objectContaining({ subject: 'export.sigstore.json', code: 'VERIFY_KEY_UNKNOWN' }),
    ]);
    expect((await run(['verify', 'mixed', ...root, '--key', 'mixed/keys/signing.pub'])).json).toMatchObject({
      result: 'verified',
    });
  });

  it('has what people said signed by the identity, also where they said it while nobody had one; and what is released', async () => {
    writeFileSync(join(cwd, 'tasks.md'), '# Tasks: Notes\n\n- [ ] T001 Write notes\n');
    writeFileSync(join(cwd, 'script.yaml'), 'version: 1\ntasks: {}\ndefault: { writes: { notes.md: "x" } }\n');
    const scripted = ['tasks.md', '--agent', 'script:script.yaml', '--require-approval', 'gate'];
    const waits = await run(['apply', ...scripted, ...SIGNED], TOKEN);
    expect(waits).toMatchObject({ code: 3, json: { state: 'waiting' } });
    expect((await run(['approve', 'latest', 'gate'])).code).toBe(0);
    expect((await run(['resume', 'latest'], TOKEN)).json).toMatchObject({ state: 'succeeded' });
    const promoted = await run(['promote', 'latest', '--to', 'dir:out'], TOKEN);
    expect(promoted).toMatchObject({ code: 0, json: { state: 'done' } });
    const [mission = ''] = readdirSync(join(cwd, 'out', 'assets'));
    expect(existsSync(join(cwd, 'out', 'missions', mission, 'evidence', 'gate.approval.sigstore.json'))).toBe(true);
    const verified = await run(['verify', `out/assets/${mission}`, '--trusted-root', 'trusted_root.json', ...EXPECTED]);
    expect(verified.json).toMatchObject({ result: 'verified', identities: [{ subject: WORKFLOW, from: 'user' }] });
    const here = await run(['verify', '--trusted-root', 'trusted_root.json', ...EXPECTED]);
    expect(here.json).toMatchObject({ result: 'verified', failures: [] });
  });

  it('leaves nothing behind without an identity, and signs with no key in its place', async () => {
    const refused = await run(['apply', 'spec.md', ...SIGNED]);
    expect(refused).toMatchObject({ code: 4, json: { kind: 'Error', code: 'IDENTITY_UNAVAILABLE' } });
    expect((await run(['missions'])).json).toMatchObject({ items: [] });
    sigstore.down.add('/api/v2/signingCert');
    expect((await run(['apply', 'spec.md', ...SIGNED], TOKEN)).json).toMatchObject({ kind: 'Error', code: 'SIGNING_FAILED' });
    expect((await run(['missions'])).json).toMatchObject({ items: [] });
  });

  it('takes no result that a key has signed, and goes on as it began', async () => {
    expect((await run(['apply', 'spec.md'])).json).toMatchObject({ state: 'succeeded' });
    const signed = await run(['apply', 'spec.md', ...SIGNED], TOKEN);
    expect(signed.json).toMatchObject({ state: 'succeeded', tasks: { cached: 0 } });
    const again = await run(['apply', 'spec.md', ...SIGNED]);
    expect(again.json).toMatchObject({ state: 'succeeded', unchanged: true });
    // Both are in the workspace, and each is verified by its own.
    expect((await run(['verify'])).json).toMatchObject({ result: 'verified' });
    const rooted = await run(['verify', '--trusted-root', 'trusted_root.json', ...EXPECTED]);
    expect(rooted.json.failures?.map(({ code }) => code)).toContain('VERIFY_KEY_UNKNOWN');
  });

  it('is asked for by the configuration, which says whether and not where', async () => {
    writeFileSync(join(cwd, '.agentnexus.yaml'), 'signing:\n  mode: keyless\n  trusted-root: trusted_root.json\n');
    const env = { ...TOKEN, AGENTNEXUS_SIGNING_CONFIG: 'signing_config.json' };
    expect((await run(['apply', 'spec.md'], env)).json).toMatchObject({ state: 'succeeded' });
    expect(sigstore.asked.get('/api/v2/signingCert')).toBe(1);
    writeFileSync(join(cwd, '.agentnexus.yaml'), `signing:\n  mode: keyless\n  config: signing_config.json\n`);
    expect((await run(['apply', 'spec.md'], env)).json).toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('says what is wrong with the call', async () => {
    const calls = [
      ['apply', 'spec.md', '--signing', 'keyless'],
      ['apply', 'spec.md', '--trusted-root', 'trusted_root.json'],
      ['verify', '--certificate-identity', 'me'],
    ];
    for (const args of calls) expect(await run(args, TOKEN)).toMatchObject({ code: 2, json: { code: 'USAGE' } });
    const swapped = ['apply', 'spec.md', '--signing', 'keyless', '--trusted-root', 'signing_config.json'];
    expect((await run(swapped, TOKEN)).json).toMatchObject({ code: 'TRUSTED_ROOT_UNUSABLE' });
    expect(readFileSync(join(cwd, 'spec.md'), 'utf8')).toBe(SPEC);
  });
});
