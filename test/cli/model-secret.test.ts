import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, expect, it } from 'vitest';

import { type ScriptedModel, serveModel } from '../support/scripted-model/serve-model.ts';
import { folderWith, specKit } from './spec-kit-process.ts';

let model: ScriptedModel | undefined;
afterEach(() => model?.close());

const KEY = 'canary-key-out-of-a-file';

it(
  'the key of the model server is a secret by name, once a person has allowed it, and stands nowhere',
  { timeout: 60_000 },
  async () => {
    model = await serveModel([
      { calls: [{ name: 'write', arguments: { path: 'poem.md', content: 'roses are red\n' } }] },
      { text: `Done, and your key is ${KEY}.` },
    ]);
    const cwd = folderWith({
      'spec/tasks.md': '# Tasks: Poem\n\n- [ ] T001 Write a poem\n',
      '.agentnexus.yaml': 'secrets:\n  MODEL: { file: model.key }\n',
    });
    writeFileSync(join(cwd, 'model.key'), `${KEY}\n`, { mode: 0o600 });
    const env = { AGENTNEXUS_MODEL: 'gpt-5', AGENTNEXUS_MODEL_URL: `${model.url}/v1`, AGENTNEXUS_MODEL_SECRET: 'MODEL' };
    const apply = ['apply', 'spec', '--agent', 'model', '--unsafe-no-sandbox', '--json'];

    const refused = await specKit({ cwd, env }, ...apply).ended;
    expect(refused.stderr + refused.stdout).toContain('The key of the model server is not to be had');
    expect(model.requests).toEqual([]);

    await specKit({ cwd, env }, 'secrets', 'allow').ended;
    const done = await specKit({ cwd, env }, ...apply).ended;
    expect(done.stderr).toContain('task    ok');
    expect(model.requests[0]?.headers['authorization']).toBe(`Bearer ${KEY}`);
    const { stdout: log } = await specKit({ cwd, env }, 'logs', 'latest', '--json').ended;
    expect(log + done.stdout + readFileSync(join(cwd, 'ws', 'log.db'), 'latin1')).not.toContain(KEY);
  },
);
