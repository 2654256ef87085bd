import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';

import { SignedEventReader } from '../../../src/runtime/qa/signed-events.ts';

const KEY = 'key';

function line(serial: number, key = KEY): string {
  const body = JSON.stringify({ serial, event: { kind: 'started', file: `/${serial}` } });
  return createHmac('sha256', key).update(body).digest('hex') + body;
}

describe('SignedEventReader', () => {
  it('takes the events of the reporter in their order', () => {
    const reader = new SignedEventReader<unknown>(KEY);
    for (const serial of [0, 1, 2]) expect(reader.read(line(serial))).toEqual({ kind: 'started', file: `/${serial}` });
    expect([reader.events.length, reader.tampered]).toEqual([3, false]);
  });

  it.each([
    ['another key', line(1, 'guess')],
    ['a repeated event', line(0)],
    ['a missing event', line(2)],
    ['a changed body', line(1).replace('/1', '/2')],
    ['noise', 'hello'],
    ['nothing', ''],
  ])('does not take %s', (_, forged) => {
    const reader = new SignedEventReader<unknown>(KEY);
    reader.read(line(0));
    expect(reader.read(forged)).toBeUndefined();
    expect([reader.events.length, reader.tampered]).toEqual([1, true]);
  });
});
