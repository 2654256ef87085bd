import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { recollection } from '../../../../src/runtime/app/agents/recollection.ts';
import { askedMemory } from '../../../../src/runtime/workspace/host/acp/asked-memory.ts';
import { Redactor } from '../../../../src/runtime/workspace/secrets/redactor.ts';
import { MemoryFixture } from '../memory/memory-fixture.ts';
import type { Step } from './children/scripted-agent.ts';
import { filesOf, hostBench, scripted } from './host-bench.ts';

let bench: ReturnType<typeof hostBench>;
let at: MemoryFixture;
let remembering: ReturnType<typeof recollection>;
const redactor = new Redactor();
redactor.add('DEPLOY_KEY', 'canary-deploy-key');

beforeEach(async () => {
  bench = hostBench();
  at = new MemoryFixture();
  const memory = await at.open();
  await at.add(memory, { scope: 'workspace', text: 'The harbour opens at six' });
  await at.add(memory, { scope: 'private', text: 'The harbour master is called Ines' });
  remembering = recollection(at.dir, { log: at.log, redactor });
});
afterEach(() => {
  remembering.close();
  at.close();
  bench.remove();
});

const memory = { read: ['workspace', 'mission'], write: ['mission'] };

function perform(steps: Step[], profile: { memory: typeof memory } = { memory }) {
  return bench.perform(scripted({ steps }), { profile, memoryFor: remembering.memoryFor });
}

describe('an agent with a memory', () => {
  it('finds what its profile lets it read, each use being in the log', async () => {
    const outcome = await perform([{ tool: 'memory_search', args: { query: 'harbour Ines' }, note: 'found' }]);
    const { found } = filesOf(outcome);
    expect(found).toContain('The harbour opens at six');
    expect(found).not.toContain('called Ines');
    expect(outcome.events.filter((event) => event.kind === 'agent.decision')).toMatchObject(
      ['mission', 'workspace'].map((scope) => ({
        kind: 'agent.decision',
        action: { kind: 'recall', scope },
        decision: { verdict: 'allow' },
      })),
    );
  });

  it('keeps what nobody vouches for, says who it was, and no secret', async () => {
    const outcome = await perform([
      { tool: 'memory_add', args: { text: 'Deploy with canary-deploy-key' }, note: 'added' },
      { tool: 'memory_search', args: { query: 'deploy', scope: 'mission' }, note: 'found' },
    ]);
    expect(filesOf(outcome)['found']).toMatch(/UNTRUSTED note in mission, by agent a .*Deploy with \[secret DEPLOY_KEY\]/);
    const [added] = (await at.open()).list({ scopes: ['mission'], limit: 5 });
    expect(added).toMatchObject({ trust: 'untrusted', agent: 'a', provenance: { mission: 'm', task: 'work:t1', attempt: 1 } });
    expect(outcome.events.filter((event) => event.kind === 'agent.decision')).toMatchObject([
      { action: { kind: 'remember', scope: 'mission' }, decision: { verdict: 'allow' } },
      { action: { kind: 'recall', scope: 'mission' } },
    ]);
  });

  it.each([
    ['memory_search', { query: 'Ines', scope: 'private' }, 'recall'],
    ['memory_add', { text: 'x', scope: 'workspace' }, 'remember'],
  ])('is denied scopes that are not its own (%s)', async (tool, args, kind) => {
    const outcome = await perform([{ tool, args, note: 'answer' }]);
    expect(filesOf(outcome)['answer']).toMatch(/not yours[^]*"isError":true/);
    expect(outcome.events.filter((event) => event.kind === 'agent.decision')).toMatchObject([
      { action: { kind, scope: args.scope }, decision: { verdict: 'deny' } },
    ]);
  });

  it('is offered nothing where its profile names no scope', async () => {
    const step: Step = { tool: 'memory_search', args: { query: 'harbour' }, note: 'found' };
    expect(filesOf(await perform([step], { memory: { read: [], write: [] } }))['found']).toBe('no server');
  });
});

describe('leave to use the memory', () => {
  const call = { toolCallId: 't' };

  it.each([
    ['by its name', { title: 'mcp__agentnexus__memory_add', rawInput: { scope: 'mission' } }, [['remember', 'mission']]],
    [
      'with what some put around',
      { title: 'memory_search (agentnexus MCP Server)', rawInput: { args: { scope: 'x' } } },
      [['recall', 'x']],
    ],
    [
      'for all its scopes',
      { name: 'memory_search', title: 'Look' },
      [
        ['recall', 'workspace'],
        ['recall', 'mission'],
      ],
    ],
    ['that is a command', { title: 'memory_search', kind: 'execute' as const }, []],
    ['that is a command by its title', { title: 'rm -rf / # memory_search' }, []],
    ['with a file', { title: 'memory_search', locations: [{ path: '/etc/passwd' }] }, []],
    ['with a change', { title: 'memory_add', content: [{ type: 'diff' as const, path: '/a', newText: '' }] }, []],
  ])('%s', (_, asked, actions) => {
    expect(askedMemory({ ...call, ...asked }, memory).map((action) => 'scope' in action && [action.kind, action.scope])).toEqual(
      actions,
    );
  });
});
