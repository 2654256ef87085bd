import fc from 'fast-check';
import { expect, it } from 'vitest';

import { canonicalJson } from '../../../src/base/json.ts';
import type { EntryDraft } from '../../../src/runtime/log/entry.ts';
import { decodeLeaf, encodeLeaf, isBodyOf } from '../../../src/runtime/log/leaf.ts';
import { leafHash } from '../../../src/runtime/log/merkle.ts';

const AT = '2026-01-02T03:04:05.678Z';
const name = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('"', '\\', '\u2028', 'ä', ''));
const draft = fc.record(
  { kind: name, mission: name, task: name, data: fc.dictionary(name, fc.jsonValue()) },
  { requiredKeys: ['kind', 'data'] },
) as fc.Arbitrary<EntryDraft>;

it('is the canonical JSON of the entry, and can be read back', () => {
  fc.assert(
    fc.property(draft, ({ kind, mission, task, data }) => {
      const entry: EntryDraft = { kind, data, ...(mission !== undefined && { mission }), ...(task !== undefined && { task }) };
      const { body, hash } = encodeLeaf(entry, AT);
      expect(body.toString()).toBe(canonicalJson({ apiVersion: 'agentnexus.dev/v1', at: AT, ...entry }));
      expect(hash).toEqual(leafHash(body));
      expect(decodeLeaf(3, body)).toEqual({ seq: 3, at: AT, ...entry, data: JSON.parse(canonicalJson(data)) });
      const columns = { kind, mission: mission ?? null, task: task ?? null };
      expect(isBodyOf(body, columns)).toBe(true);
      expect(isBodyOf(body, { ...columns, kind: `${kind}x` })).toBe(false);
    }),
    { numRuns: 200 },
  );
});
