import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Digest, sha256 } from '../../../../src/base/digest.ts';
import type { AgentEvent, Chronicle } from '../../../../src/runtime/policy/agent-event.ts';
import type { CapabilityProfile } from '../../../../src/runtime/policy/capability-profile.ts';
import { decide } from '../../../../src/runtime/policy/decide.ts';
import { energyLimit, grantedScopes, profileDigest } from '../../../../src/runtime/policy/grant.ts';
import type { AgentResult } from '../../../../src/runtime/workspace/agent.ts';
import type { AgentDefinition } from '../../../../src/runtime/workspace/host/agent-definition.ts';
import { createHostedAgent, type HostBench } from '../../../../src/runtime/workspace/host/hosted-agent.ts';
import { createOpenSandbox } from '../../../../src/runtime/workspace/sandbox/open-sandbox.ts';
import type { Terms } from '../../../../src/runtime/workspace/host/terms.ts';
import { aTask } from '../../mission/a-task.ts';
import type { Part } from './children/scripted-agent.ts';

const AUTHOR: CapabilityProfile = {
  name: 'author',
  read: ['**'],
  write: ['**'],
  run: [['npm', 'test']],
  hosts: [],
  env: [],
  secrets: [],
  memory: { read: [], write: [] },
  energy: 7,
  ask: [],
};

export interface Outcome {
  result: AgentResult;
  events: AgentEvent[];
  /** Everything that was put into the content store. */
  kept: Map<Digest, string>;
}

/** A host on the real disk with real processes; only the log and the store are made up. */
export function hostBench() {
  const scratch = mkdtempSync(join(tmpdir(), 'host-'));
  return {
    scratch,
    remove: () => rmSync(scratch, { recursive: true, force: true }),
    async perform(
      definition: Partial<AgentDefinition> & Pick<AgentDefinition, 'command'>,
      { profile = {}, files = {}, signal = new AbortController().signal, feedback, chronicle, ...more }: PerformOptions = {},
    ): Promise<Outcome> {
      const events: AgentEvent[] = [];
      const kept = new Map<Digest, string>();
      const bench: HostBench = {
        scratch,
        path: process.env['PATH'] ?? '',
        environment: {},
        secret: [],
        sandbox: createOpenSandbox(),
        termsFor: () => termsOf({ ...AUTHOR, ...profile }),
        keep: async (content) => {
          kept.set(sha256(content), Buffer.from(content).toString());
          return sha256(content);
        },
        ...more,
      };
      const agent = createHostedAgent({ name: 'a', protocol: 'exec', env: {}, ...definition }, bench);
      const contents = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
      const tree = [...contents].map(([path, content]) => ({
        path,
        digest: sha256(content),
        size: content.length,
        type: 'code' as const,
      }));
      const task = aTask('work:t1', { kind: 'work', ability: 'model', title: 'Do it', fragment: { text: 'Write a poem.' } });
      const read = (path: string): Uint8Array => contents.get(path) ?? Buffer.alloc(0);
      const brief = { mission: 'm', task, attempt: 1, needs: new Map(), tree: () => tree, read };
      const result = await agent.perform(feedback === undefined ? brief : { ...brief, feedback }, signal, async (event) => {
        events.push(event);
        await chronicle?.(event);
      });
      return { result, events, kept };
    },
  };
}

interface PerformOptions extends Partial<HostBench> {
  profile?: Partial<CapabilityProfile>;
  /** What is there when it starts. */
  files?: Record<string, string>;
  signal?: AbortSignal;
  feedback?: string;
  chronicle?: Chronicle;
}

function termsOf(profile: CapabilityProfile): Terms {
  return {
    digest: profileDigest(profile),
    energy: energyLimit(profile),
    env: profile.env,
    secrets: profile.secrets,
    hosts: [],
    memory: grantedScopes(profile),
    kinds: ['read', 'write', 'run'],
    decide: (action) => decide(profile, action),
  };
}

const CHILD = join(import.meta.dirname, 'children', 'scripted-agent.ts');

/** An agent that speaks the protocol and plays this part. */
export function scripted(part: Part): Pick<AgentDefinition, 'protocol' | 'command' | 'env'> {
  return {
    protocol: 'acp',
    command: [process.execPath, '--disable-warning=ExperimentalWarning', CHILD],
    env: { PART: JSON.stringify(part) },
  };
}

/** Files that were left, by path. */
export function filesOf({ result }: Outcome): Record<string, string> {
  if (result.outcome === 'failed') throw new Error(result.reason);
  return Object.fromEntries(result.files.map(({ path, content }) => [path, Buffer.from(content).toString()]));
}
