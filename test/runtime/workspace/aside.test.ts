import { join } from 'node:path';

import { expect, it } from 'vitest';

import { aside } from '../../../src/runtime/workspace/aside.ts';

const PROGRAM = join(import.meta.dirname, 'children/answer.ts');

it('answers with a copy of what was worked out', async () => {
  const what = new Set([1, 2]);
  expect(await aside(PROGRAM, { how: 'double', what })).toEqual(new Set([2, 4]));
});

it('refuses as it was refused there', async () => {
  const refused = {
    name: 'NexusError',
    code: 'NOT_FOUND',
    message: 'It is not there.',
    hint: 'Look elsewhere.',
    details: { at: 1 },
  };
  await expect(aside(PROGRAM, { how: 'refuse' })).rejects.toMatchObject(refused);
});

it.each([
  ['break', 'it broke'],
  ['leave', 'ended with 3'],
])('has failed where its process does (%s)', async (how, message) => {
  await expect(aside(PROGRAM, { how })).rejects.toThrow(message);
});
