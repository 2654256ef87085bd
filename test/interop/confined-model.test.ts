import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';

import { type ScriptedModel, serveModel } from '../support/scripted-model/serve-model.ts';
import { folderWith, specKit } from '../cli/spec-kit-process.ts';
import { needTool } from './requirements.ts';

let model: ScriptedModel | undefined;
afterEach(() => model?.close());

const CANARY = 'canary-key-of-the-server';

/** Looks for the key where an agent could find one, and for ways out: what it finds would stand in the next request. */
const PROBE = `
  const { readFileSync } = require('fs');
  const environment = (() => { try { return readFileSync('/proc/' + process.ppid + '/environ', 'utf8') } catch { return '' } })();
  console.log('found:' + /canary/.test(JSON.stringify(process.env) + environment));
`;

it(
  'the model agent works behind walls, through the gateway alone, and never sees the key',
  { timeout: 120_000 },
  async (context) => {
    for (const tool of ['bwrap', 'socat', 'rg']) needTool(context, tool);
    model = await serveModel([
      { calls: [{ name: 'write', arguments: { path: 'probe.test.js', content: PROBE } }] },
      { calls: [{ name: 'write', arguments: { path: 'package.json', content: '{"scripts":{"test":"node probe.test.js"}}' } }] },
      { calls: [{ name: 'run', arguments: { command: ['npm', 'test'] } }] },
      { calls: [{ name: 'run', arguments: { command: ['curl', 'http://example.com'] } }] },
      { calls: [{ name: 'write', arguments: { path: '../outside.txt', content: 'x' } }] },
      { calls: [{ name: 'memory_add', arguments: { text: 'Poems rhyme here' } }] },
      { calls: [{ name: 'memory_search', arguments: { query: 'rhyme' } }] },
      { text: 'Done.' },
    ]);
    const cwd = folderWith({ 'spec/tasks.md': '# Tasks: Poem\n\n- [ ] T001 Write a poem\n' });
    // Where we are root, agents are somebody else, who must get in.
    chmodSync(cwd, 0o755);
    const env = { AGENTNEXUS_MODEL: 'gpt-5', AGENTNEXUS_MODEL_URL: `${model.url}/v1`, AGENTNEXUS_MODEL_KEY: CANARY };
    const { stdout, stderr } = await specKit({ cwd, env }, 'apply', 'spec', '--agent', 'model', '--json').ended;
    expect(stderr + stdout).toContain('task    ok      work:t001');
    const said = model.requests.map(({ text }) => text).join('\n');
    expect(said).toContain('outside of the workspace');
    expect(said).toContain('Remembered in mission.');
    expect(said).toContain('| Poems rhyme here');
    expect(said).toContain('found:false');
    expect(said).not.toContain(CANARY);
    expect(model.requests[0]?.headers['authorization']).toBe(`Bearer ${CANARY}`);
    const { stdout: log } = await specKit({ cwd, env }, 'logs', 'latest', '--json').ended;
    expect(log).toContain('"curl"');
    expect(log).toMatch(/"kind": ?"remember"/);
    expect(log).not.toContain(CANARY);
    expect(existsSync(join(cwd, 'outside.txt'))).toBe(false);
    expect(readFileSync(join(cwd, 'ws', 'log.db'), 'latin1')).not.toContain(CANARY);
  },
);
