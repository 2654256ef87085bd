import { describe, expect, it } from 'vitest';

import { applyExitCode } from '../../src/cli/apply-result.ts';
import { sampleMission, samplePlan } from './sample-views.ts';

describe('applyExitCode', () => {
  it.each([
    ['succeeded', false, 0],
    ['succeeded', true, 0],
    ['failed', false, 1],
    ['failed', true, 1],
    ['cancelled', false, 1],
    ['running', true, 130],
    ['running', false, 0],
    ['waiting', true, 130],
    ['waiting', false, 3],
  ] as const)('of a mission that is %s, interrupted %s, is %i', (state, interrupted, code) => {
    expect(applyExitCode({ ...sampleMission, state }, interrupted)).toBe(code);
  });

  it('of a mission that goes on in the background is 0', () => {
    const detached = { pid: 7, log: '/tmp/x.jsonl' };
    for (const state of ['running', 'waiting', 'failed'] as const) {
      expect(applyExitCode({ ...sampleMission, state, detached }, false)).toBe(0);
    }
  });

  it('of a dry run is 0', () => expect(applyExitCode(samplePlan, false)).toBe(0));
});
