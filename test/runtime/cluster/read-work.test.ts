import { describe, expect, it } from 'vitest';

import { sha256 } from '../../../src/base/digest.ts';
import { readEvent, readResult } from '../../../src/runtime/cluster/read-work.ts';

const [there, gone] = [sha256('there'), sha256('gone')];
const store = { sizeOf: (digest: string) => (digest === there ? 5 : undefined) };
const file = { path: 'a.txt', digest: there, type: 'code' };

describe('what a worker says of its end', () => {
  it('is taken as it stands where all of it is there', () => {
    const result = { outcome: 'done', files: [file], removed: ['b.txt'], usage: { tokens: 3 }, transcript: there };
    expect(readResult(result, store)).toEqual(result);
    const conditions = { sandbox: 'srt', brief: there, profile: sha256('a profile is no content') };
    expect(readResult({ ...result, conditions }, store)).toEqual({ ...result, conditions });
    expect(readResult({ outcome: 'failed', reason: 'no' }, store)).toEqual({ outcome: 'failed', reason: 'no' });
  });

  it.each([
    ['nothing', undefined],
    ['a word', 'done'],
    ['no end', { files: [] }],
    ['more than there is to say', { outcome: 'done', files: [], evidence: [] }],
    ['a content that was not sent', { outcome: 'done', files: [{ ...file, digest: gone }] }],
    ['a transcript that was not sent', { outcome: 'failed', reason: 'no', transcript: gone }],
    ['a brief that was not sent', { outcome: 'done', files: [], conditions: { sandbox: 'srt', brief: gone, profile: there } }],
    ['less than nothing used', { outcome: 'done', files: [], usage: { tokens: -1 } }],
    ['no digest', { outcome: 'done', files: [{ ...file, digest: 'sha256:../../etc' }] }],
  ])('is refused: %s', (_, value) => {
    expect(() => readResult(value, store)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  it('is a failure where it is more than a job may leave', () => {
    const huge = { sizeOf: () => 400 * 1_048_576 };
    expect(readResult({ outcome: 'done', files: [file, { ...file, path: 'b.txt' }] }, huge)).toMatchObject({ outcome: 'failed' });
  });
});

describe('what a worker says of its agent', () => {
  const agent = 'model/T001/1';
  const decision = {
    kind: 'agent.decision',
    agent,
    action: { kind: 'write', path: 'a.txt' },
    decision: { verdict: 'allow', rule: 'write: **' },
  };

  it('is taken where it is about that agent', () => {
    expect(readEvent(decision, { agent, store })).toEqual(decision);
  });

  it.each([
    ['of another agent', { ...decision, agent: 'model/T001/2' }],
    ['what is ours to say: that it was given out', { kind: 'task.leased', worker: 'x', pool: 'y', lease: 'z' }],
    [
      'what is ours to say: that it has begun',
      {
        kind: 'agent.lifecycle',
        event: { agentId: agent, lifecycle: 'spawned', capabilityProfile: 'author', energyBudget: 1 },
        reason: '',
      },
    ],
    ['an answer without its content', { kind: 'memory.used', agent, request: there, answer: gone }],
    ['a verdict that there is not', { ...decision, decision: { verdict: 'sure', rule: '' } }],
  ])('is refused: %s', (_, value) => {
    expect(() => readEvent(value, { agent, store })).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});
