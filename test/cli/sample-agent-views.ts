import type { Operations } from '../../src/runtime/app/operations.ts';

/** Of agents, what they remember, and the secrets that they are given. */
export const SAMPLES_OF_AGENTS: readonly Operations[keyof Operations]['output'][] = [
  {
    kind: 'Agents',
    items: [
      {
        name: 'opencode',
        from: 'built in',
        protocol: 'acp',
        command: ['opencode', 'acp'],
        program: null,
        version: null,
        model: 'small',
        usable: false,
        missing: [{ of: 'program', what: 'its program opencode is not on PATH', hint: 'Get it.' }],
      },
    ],
  },
  {
    kind: 'MemoryList',
    query: 'tabs',
    items: [
      {
        id: `sha256:${'1'.repeat(64)}`,
        scope: 'project',
        kind: 'note',
        trust: 'untrusted',
        text: 'Use <tabs>',
        sha256: `sha256:${'2'.repeat(64)}`,
        at: '2026-01-01T10:00:00.000Z',
        path: 'project/use-tabs.md',
        agent: 'coder',
        person: null,
        mission: null,
        task: 'T1',
        attempt: 2,
        score: 0.5,
      },
    ],
    scopes: [{ name: 'project', entries: 1 }],
    faults: [{ path: 'project/torn.md', fault: 'it is in the middle of a merge' }],
    degraded: 'No vectors from http://127.0.0.1:9/v1: ECONNREFUSED.',
  },
  {
    kind: 'MemoryAdded',
    recorded: false,
    entry: {
      id: `sha256:${'1'.repeat(64)}`,
      scope: 'project',
      kind: 'note',
      trust: 'untrusted',
      text: 'Use <tabs>',
      sha256: `sha256:${'2'.repeat(64)}`,
      at: '2026-01-01T10:00:00.000Z',
      path: 'project/use-tabs.md',
      agent: 'coder',
      person: null,
      mission: null,
      task: 'T1',
      attempt: 2,
      score: 0.5,
    },
  },
  { kind: 'MemoryRebuild', found: 2, lost: 1, trusted: 0, scopes: [{ name: 'project', entries: 3 }], faults: [] },
  {
    kind: 'SecretList',
    file: '/tmp/parcels/.agentnexus.yaml',
    allowed: true,
    items: [{ name: 'KEY', from: 'file', source: '/tmp/key', state: 'missing', reason: 'It is not there.' }],
  },
];
