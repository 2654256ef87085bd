import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { expect, it } from 'vitest';

import { needTool } from './requirements.ts';
import { userFolder } from './user-folder.ts';

const CANARY = 'canary-7c41';

const HELD = `import test from 'node:test';
import assert from 'node:assert/strict';
import { total } from '../src/total.mjs';
test('adds three ${CANARY}', () => assert.equal(total([1, 4, 5]), 10));
`;

/** Looks wherever it can, and leaves a test that looks too and says what it has seen. */
const spy = (place: string): string => `#!/bin/sh
cat > brief.md
cat ${place}/test/more.test.mjs >> seen.txt 2>&1
grep -rs ${CANARY} . / --include='*.mjs' --exclude-dir=proc --exclude-dir=sys --exclude-dir=usr >> seen.txt 2>&1
mkdir -p src test
grep -q QA_HELD_OUT brief.md && cp brief.md told.md
if [ -f told.md ]; then echo 'export const total = (all) => all.reduce((sum, each) => sum + each, 0);' > src/total.mjs
else echo 'export const total = ([a, b]) => a + b;' > src/total.mjs; fi
cat > test/spy.test.mjs <<'END'
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { total } from '../src/total.mjs';
let seen = 'nothing';
try { seen = readFileSync('${place}/test/more.test.mjs', 'utf8'); } catch {}
test('adds', () => { assert.equal(total([1, 2]), 3); assert.equal(seen, 'nothing'); });
END
exit 0
`;

/** What the mission says, its page, and all that it has left, as text. */
async function missionOf(config: string): Promise<{ said: string; files: Record<string, string> }> {
  const { root, run } = userFolder({
    'bundle/.agentnexus.yaml': config,
    'bundle/tasks.md': '# Tasks: Totals\n\n## Phase 1\n\n- [ ] T001 Add numbers up\n',
    'bin/held/test/more.test.mjs': HELD,
  });
  // On PATH, which agents may read: where they are kept from it, that is because it is held out.
  const bin = join(root, 'bin');
  writeFileSync(join(bin, 'spy'), spy(join(bin, 'held')), { mode: 0o755 });
  const said = async (...args: string[]) => {
    const { stdout, stderr } = await run([...args, '--workspace', 'work'], {
      path: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
    });
    return stdout + stderr;
  };
  const words = [
    await said('apply', 'bundle', '--agent', 'spy', '--budget', 'task.attempts=2'),
    await said('logs', 'latest', '--json'),
    await said('report', 'latest', '--out', '-'),
  ];
  const product = join(root, 'work', 'build', 'totals');
  const names = existsSync(product) ? readdirSync(product).filter((name) => /\.(?:md|txt)$/.test(name)) : [];
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(product, name), 'utf8')]));
  return { said: words.join('\n'), files };
}

const AGENTS = 'agents: { spy: { protocol: exec, command: [spy] } }\n';
const HOLD = `qa: { heldOut: [{ tests: ../bin/held, requirement: FR-2, title: Sums of any length }] }\n`;

it('held-out tests are read by nobody who makes the product, and judge it', { timeout: 240_000 }, async (context) => {
  for (const tool of ['bwrap', 'socat', 'rg']) needTool(context, tool);
  const { said, files } = await missionOf(AGENTS + HOLD);
  expect(files['told.md']).toContain(
    'QA_HELD_OUT: Tests of FR-2 (Sums of any length) that are not shown to whoever makes it fail: 1 of 1 test.',
  );
  expect(files['seen.txt']).toMatch(/No such file|Permission denied/);
  expect([said, ...Object.values(files)].filter((text) => text.includes(CANARY))).toEqual([]);
});

it('what is not held out is read there', { timeout: 240_000 }, async (context) => {
  for (const tool of ['bwrap', 'socat', 'rg']) needTool(context, tool);
  const { files } = await missionOf(AGENTS);
  expect(files['seen.txt']).toContain(CANARY);
});
