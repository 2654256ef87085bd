import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { documentParts, documentText } from '../../src/cli/document.ts';
import { checkDocument, checkDocuments } from './check-documents.ts';
import { SAMPLE_VIEWS } from './sample-views.ts';

describe('documents', () => {
  it.each(SAMPLE_VIEWS)('$kind meets its schema with all its fields', (view) => {
    const document = JSON.parse(documentText(view));
    expect(Object.keys(document).slice(0, 2)).toEqual(['apiVersion', 'kind']);
    checkDocument(document);
  });

  it('are one for each schema', () => {
    const names = readdirSync(join(import.meta.dirname, '..', '..', 'schemas', 'cli'));
    const kinds = new Set(SAMPLE_VIEWS.map(({ kind }) => kind));
    expect(names.length).toBe(kinds.size + ['common', 'error', 'release-input'].length);
  });

  it('fail the check if a field is missing or the schema does not tell of it', () => {
    const [view] = SAMPLE_VIEWS.filter(({ kind }) => kind === 'Init');
    expect(() => checkDocuments(documentText(Object.assign({ kind: 'Init' }, view, { surprise: 1 })))).toThrow(/schema/);
    expect(() => checkDocuments(documentText({ kind: 'Init' }))).toThrow(/schema/);
    expect(() => checkDocuments(documentText({ kind: 'Unknown' }))).toThrow(/schema/);
  });

  it('come in parts that are together what JSON.stringify makes', () => {
    const list = Array.from({ length: 250 }, (_, index) => ({ index, text: 'a\nb', none: undefined, inner: [[], {}, [1]] }));
    const view = {
      kind: 'Init',
      list,
      empty: [],
      none: undefined,
      holes: [undefined, null, 'x'],
      object: { a: { b: [] } },
      n: 1,
    };
    const { kind, ...rest } = view;
    expect(documentText(view)).toBe(`${JSON.stringify({ apiVersion: 'agentnexus.dev/v1', kind, ...rest }, null, 2)}\n`);
    expect([...documentParts(view)].length).toBeGreaterThan(3);
  });

  it('escape what a terminal could take for a command, and stay the same document', () => {
    const view = { kind: 'Init', path: 'a\u009bb\u007f\u202e\u001b[31m' };
    for (const character of '\u009b\u007f\u202e\u001b') expect(documentText(view)).not.toContain(character);
    expect(JSON.parse(documentText(view))).toMatchObject(view);
  });
});
