import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { NexusError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, parsedJson } from '../../base/json.ts';
import type { PolicyEngine } from '../policy/release/policy-engine.ts';
import { invalid, type ReleasePolicy } from '../policy/release/release-policy.ts';
import { cleanEnvironment, runProcess } from './process.ts';
import type { ProcessResult } from './supervise.ts';

const TIMEOUT = 30_000;
const LIMIT = 64 * 2 ** 20;

/** An `opa` of the user's, looked for on their PATH. It has the capabilities of the embedded evaluator: no network, no clock, no chance. Throws `TOOL_MISSING`. */
export function opaEngine({ path }: { path: string }): PolicyEngine {
  const home = mkdtempSync(join(tmpdir(), 'agentnexus-opa-'));
  const run = (args: readonly string[], input = '') =>
    runProcess(['opa', ...args], {
      cwd: home,
      env: { ...cleanEnvironment(home), PATH: path },
      timeoutMs: TIMEOUT,
      outputLimit: LIMIT,
      input,
    });
  let prepared: Promise<void> | undefined;
  const prepare = async ({ bundle }: ReleasePolicy) => {
    writeFileSync(join(home, BUNDLE), bundle);
    writeFileSync(join(home, CAPABILITIES), JSON.stringify(deterministic(await run(['capabilities', '--current']))));
  };
  return {
    name: 'opa',
    async version() {
      const { stdout } = await run(['version']);
      return /^Version: *(\S+)/m.exec(stdout)?.[1] ?? 'unknown';
    },
    async evaluate(policy, { query, input }) {
      if (policy === undefined) throw invalid('There is none.');
      await (prepared ??= prepare(policy));
      return answerOf(await run([...EVAL, `${ANSWER} := ${query}`], input));
    },
    async close() {
      rmSync(home, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

const ANSWER = 'answer';
const BUNDLE = 'policy.tar.gz';
const CAPABILITIES = 'capabilities.json';
const EVAL = [
  'eval',
  '--bundle',
  BUNDLE,
  '--capabilities',
  CAPABILITIES,
  '--stdin-input',
  '--strict-builtin-errors',
  '--format',
  'json',
];

/** What this opa can do, but for what could answer differently the second time: network, clock, chance, environment. */
function deterministic({ stdout }: ProcessResult): JsonObject {
  const capabilities = parsedJson(stdout);
  const builtins = isJsonObject(capabilities) ? capabilities['builtins'] : undefined;
  if (!isJsonObject(capabilities) || !Array.isArray(builtins)) throw unanswered('it does not say what it can do');
  const kept = builtins.filter((each: JsonValue) => isJsonObject(each) && each['nondeterministic'] !== true);
  return { ...capabilities, builtins: kept, allow_net: [] };
}

function answerOf({ stdout, stderr, ended, truncated }: ProcessResult): JsonValue | undefined {
  const answer = ended === 'exited' && !truncated ? parsedJson(stdout) : undefined;
  if (!isJsonObject(answer)) throw unanswered(stderr.trim().split('\n').at(-1) || ended);
  const { result, errors } = answer;
  if (Array.isArray(errors)) throw invalid(`${errors.map((each: JsonValue) => messageIn(each)).join('; ')}.`);
  const [first]: readonly JsonValue[] = Array.isArray(result) ? result : [];
  const bindings = isJsonObject(first) ? first['bindings'] : undefined;
  return isJsonObject(bindings) ? bindings[ANSWER] : undefined;
}

function unanswered(why: string): NexusError {
  return new NexusError('RELEASE_POLICY_ENGINE', `opa gives no answer: ${why}.`, {
    hint: '`--policy-engine embedded` needs no opa.',
  });
}

function messageIn(error: JsonValue): string {
  const { message, location } = isJsonObject(error) ? error : {};
  const { file, row } = isJsonObject(location) ? location : {};
  const at = typeof file === 'string' && typeof row === 'number' ? `${file}:${row}: ` : '';
  return `${at}${typeof message === 'string' ? message : 'error'}`;
}
