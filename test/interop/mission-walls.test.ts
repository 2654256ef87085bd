import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { afterAll, beforeEach, describe, expect, it } from 'vitest';

import { needTool } from './requirements.ts';
import { userFolder } from './user-folder.ts';

let contacts = 0;
const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
server.on('connection', () => contacts++);
afterAll(() => void server.close());
beforeEach(() => {
  contacts = 0;
});

/** A test that passes whatever it may do, and tries to do what it may not. */
const test = (outside: string) => `import test from 'node:test';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { shared } from '../shared/shared.mjs';
test('tries', async () => {
  if (shared !== 1) throw new Error('what lies beside the project is not there');
  try { writeFileSync(${JSON.stringify(join(outside, 'made'))}, 'x'); } catch {}
  await new Promise((done) => connect(${(server.address() as { port: number }).port}, '127.0.0.1', done).on('error', done));
});
`;

/** What a mission of a script of the user says whose product has such a test, in a project of its own. */
async function mission({ mode, policy }: { mode: number; policy?: string }) {
  const { root, run } = userFolder({ 'project/specs/tasks.md': '# Tasks: Walls\n\n## Phase 1\n\n- [ ] T001 Try\n' });
  const [outside, project] = [join(root, 'outside'), join(root, 'project')];
  mkdirSync(outside);
  chmodSync(outside, 0o777);
  const writes = {
    'one/package.json': '{"name":"one","version":"1.0.0","type":"module"}',
    'one/a.test.mjs': test(outside),
    'shared/shared.mjs': 'export const shared = 1;\n',
  };
  writeFileSync(join(project, 'script.yaml'), JSON.stringify({ version: 1, tasks: { T001: { writes } } }));
  writeFileSync(join(project, 'policy.yaml'), policy ?? '');
  chmodSync(project, mode);
  const given = policy === undefined ? [] : ['--policy', 'policy.yaml'];
  const within = { cwd: 'project' };
  const { code, stdout, stderr } = await run(
    ['apply', 'specs', '--agent', 'script:script.yaml', '--workspace', 'work', ...given],
    within,
  );
  const made = existsSync(join(outside, 'made'));
  if (code !== 0) return { code, said: stdout + stderr, made };
  await run(['evidence', 'export', '--workspace', 'work', '--out', 'proof'], within);
  return { code, said: stdout + stderr, made, signed: sandboxIn(join(project, 'proof', 'evidence')) };
}

/** What the signed results of tests say of what those ran in. */
function sandboxIn(folder: string): string[] {
  const results = readdirSync(folder).filter((name) => name.endsWith('.tests.sigstore.json'));
  const signed = results.map(
    (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as { dsseEnvelope: { payload: string } },
  );
  const said = signed.map(({ dsseEnvelope }) => Buffer.from(dsseEnvelope.payload, 'base64').toString('utf8'));
  return said.map((text) => /urn:agentnexus:sandbox:(\w+)/.exec(text)?.[1] ?? 'unsaid');
}

const UNWALLED = /Tests run without a sandbox: .+ is closed to uid 65534/;

describe('tests of what a script has made', () => {
  it('run within walls, and see what lies beside their project', async (context) => {
    for (const tool of ['bwrap', 'socat', 'rg']) needTool(context, tool);
    const { code, said, made, signed } = await mission({ mode: 0o755 });
    expect(said).toContain('gate    pass');
    expect(said).not.toMatch(UNWALLED);
    expect({ code, made, contacts, signed }).toEqual({ code: 0, made: false, contacts: 0, signed: ['srt'] });
  });

  describe.skipIf(process.getuid?.() !== 0)('where somebody else could not get to them', () => {
    it('run without, which is said', async (context) => {
      for (const tool of ['bwrap', 'socat', 'rg']) needTool(context, tool);
      const { code, said, made, signed } = await mission({ mode: 0o700 });
      expect(said).toMatch(UNWALLED);
      expect({ code, made, contacts, signed }).toEqual({ code: 0, made: true, contacts: 1, signed: ['none'] });
    });

    it('do not run at all where the policy wants walls', async (context) => {
      for (const tool of ['bwrap', 'socat', 'rg']) needTool(context, tool);
      const { code, said, made } = await mission({ mode: 0o700, policy: 'sandbox: required\n' });
      expect(said).toContain('SANDBOX_MISSING');
      expect({ code, made, contacts }).toEqual({ code: 4, made: false, contacts: 0 });
    });
  });
});
