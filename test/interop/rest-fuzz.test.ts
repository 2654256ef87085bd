import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { ALL, ServerBench } from '../runtime/serve/server-bench.ts';
import { findPeer, needPeer, type Peer, PEER_TIMEOUT } from './peers.ts';
import { runTool } from './run-tool.ts';

let peer: Peer;
let bench: ServerBench;
beforeAll(async () => {
  peer = await findPeer('schemathesis');
  bench = await ServerBench.open();
}, PEER_TIMEOUT);
afterAll(async () => bench.remove());

/** Streams have no end that could be waited for; their own tests read them. */
const ENDLESS = 'stream$';

const CHECKS = ['not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_schema_conformance'];

it('answers every operation as its OpenAPI document says, whatever is asked', { timeout: 600_000 }, async (context) => {
  const path = needPeer(context, peer);
  const specification = await bench.send();
  const { body } = await bench.post('/v1/missions', { specification });
  await bench.ended(body.id);
  // Ids that are there, so that more is asked than for what is not.
  const known = { mission: body.id, specification, task: 'contract:note', artifact: 'package.json' };
  const lines = Object.entries(known).map(([name, value]) => `"path.${name}" = "${value}"\n`);
  const config = join(bench.dir, 'schemathesis.toml');
  writeFileSync(config, `[parameters]\n${lines.join('')}`);
  const header = `Authorization: Bearer ${ALL}`;
  const limits = ['--max-examples', '15', '--generation-deterministic', '--request-timeout', '60'];
  const args = [
    '--config-file',
    config,
    'run',
    `${bench.url}/openapi.json`,
    '-H',
    header,
    '--checks',
    CHECKS.join(','),
    ...limits,
  ];
  const told = await runTool(path, [...args, '--exclude-path-regex', ENDLESS], {
    cwd: bench.dir,
    timeout: 590_000,
    maxBuffer: 64 * 1_048_576,
  }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
  );
  const [, findings = ''] = told.stdout.split('= FAILURES =');
  expect({ code: told.code, findings: findings.slice(0, 5000) }).toEqual({ code: 0, findings: '' });
  expect(told.stdout).toMatch(/Tested: \d\d/);
});
