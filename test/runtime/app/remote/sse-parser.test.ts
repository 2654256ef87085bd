import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SseParser } from '../../../../src/runtime/app/remote/sse-parser.ts';

const STREAM =
  'retry: 1000\nid: e.4\n\n: alive\n\nid: e.5\nevent: event\ndata: {"a":1}\n\nid: e.6\r\nevent: event\r\ndata: one\r\ndata:two\r\n\r\nevent: closed\nid: e.6\ndata: {}\n\n';

describe('a stream of server-sent events', () => {
  it('is the same messages however it is cut into pieces', () => {
    const whole = new SseParser().push(STREAM);
    expect(whole).toEqual([
      { event: 'event', data: '{"a":1}' },
      { event: 'event', data: 'one\ntwo' },
      { event: 'closed', data: '{}' },
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(STREAM.length), { maxLength: 12 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), STREAM.length];
        const parser = new SseParser();
        const messages = at.slice(1).flatMap((end, index) => parser.push(STREAM.slice(at[index], end)));
        expect(messages).toEqual(whole);
        expect(parser.lastId).toBe('e.6');
      }),
    );
  });

  it('counts an id once its message is whole, also one that says nothing else', () => {
    const parser = new SseParser();
    parser.push('id: e.4\n\n');
    expect(parser.lastId).toBe('e.4');
    expect(parser.push('id: e.5\nevent: event\ndata: cut o')).toEqual([]);
    expect(parser.lastId).toBe('e.4');
  });
});
