import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { NexusError } from '../../../../src/base/errors.ts';
import { Configuration } from '../../../../src/runtime/app/source/configuration.ts';
import { programIn } from '../../../../src/runtime/app/apply/program-id.ts';
import { readingInputs } from '../../../../src/runtime/app/source/reading.ts';

type Read = Parameters<typeof readingInputs>[0];
type Input = Parameters<typeof readingInputs>[1];

const CONFIG = { path: '/r/.agentnexus.yaml', text: 'validate: {}\n', folder: 'spec', isLocal: true };
const BUNDLE = { root: '/r/spec', name: 'spec', files: [{ path: 'a.md', text: '# A\n' }] };
const TERMS: Read['terms'] = {
  agent: { name: 'script', file: 's.yaml', text: 'version: 1\n' },
  policy: undefined,
  qa: undefined,
  signing: undefined,
};
const INPUT: Input = { bundle: 'spec' };

const inputsOf = ({ bundle = BUNDLE, config = CONFIG, terms = {}, input = {} }: Change = {}) =>
  readingInputs(
    { source: { bundle, config: config && new Configuration(config) }, terms: { ...TERMS, ...terms } },
    { ...INPUT, ...input },
  );

interface Change {
  bundle?: Read['source']['bundle'];
  config?: typeof CONFIG;
  terms?: Partial<Read['terms']>;
  input?: Partial<Input>;
}

const fault = { error: new NexusError('BUNDLE_BINARY', 'It is not text.'), line: 1 };
const digest = `sha256:${'0'.repeat(64)}` as const;
const services = { ca: 'https://ca.example.org', logs: [], timestamps: [], issuers: [] };

describe('what a graph is made from', () => {
  it('has the same digest whenever it is the same', () => {
    expect(inputsOf()).toBe(inputsOf());
    expect(inputsOf({ input: { bundle: './spec', jobs: 3, budget: ['tokens=1'], priority: 'P0' } })).toBe(inputsOf());
  });

  it.each<[string, Change]>([
    ['a text', { bundle: { ...BUNDLE, files: [{ path: 'a.md', text: '# A \n' }] } }],
    ['a path', { bundle: { ...BUNDLE, files: [{ path: 'b.md', text: '# A\n' }] } }],
    ['a fault of a file', { bundle: { ...BUNDLE, files: [{ path: 'a.md', text: '# A\n', fault }] } }],
    ['one file more', { bundle: { ...BUNDLE, files: [...BUNDLE.files, { path: 'b.md', text: '' }] } }],
    ['the name of the bundle', { bundle: { ...BUNDLE, name: 'other' } }],
    ['the folder of the bundle', { bundle: { ...BUNDLE, root: '/r/.beads' } }],
    ['the text of the configuration', { config: { ...CONFIG, text: 'validate: {} \n' } }],
    ['the place of the configuration', { config: { ...CONFIG, folder: '' } }],
    ['the path of the configuration', { config: { ...CONFIG, path: '/q/.agentnexus.yaml' } }],
    ['the dialect', { input: { dialect: 'native' } }],
    ['whether warnings are faults', { input: { strict: true } }],
    ['which tasks are wanted', { input: { only: ['T001'] } }],
    ['who is asked before them', { input: { requireApproval: ['gate'] } }],
    ['the script', { terms: { agent: { name: 'script', file: 's.yaml', text: 'version: 1\ntasks: {}\n' } } }],
    ['the agent', { terms: { agent: { name: 'compiler' } } }],
    ['the policy', { terms: { policy: { digest, layers: [{ bounds: { name: 'p' } }] } } }],
    ['how it is judged', { terms: { qa: { setting: { suites: ['contracts'] }, contents: [] } } }],
    ['how it is signed', { terms: { signing: { services, root: '{}' } as unknown as Read['terms']['signing'] } }],
  ])('has another digest with another: %s', (_, change) => {
    expect(inputsOf(change)).toMatch(/^sha256:/);
    expect(inputsOf(change)).not.toBe(inputsOf());
  });

  it('tells a configuration from none', () => {
    expect(readingInputs({ source: { bundle: BUNDLE, config: undefined }, terms: TERMS }, INPUT)).not.toBe(inputsOf());
  });

  it('is not told of agents that are programs: the walls around them count too', () => {
    const definition = { name: 'one', command: ['one'], protocol: 'acp', env: {} } as const;
    expect(inputsOf({ terms: { agent: { name: 'hosted', definition, unconfined: true } } })).toBeUndefined();
  });
});

describe('the name of the program', () => {
  const dir = mkdtempSync(join(tmpdir(), 'program-'));
  mkdirSync(join(dir, 'src'));
  mkdirSync(join(dir, 'schemas'));
  writeFileSync(join(dir, 'src', 'a.ts'), 'a');

  it('is another one whenever a source is, and what the build says where there is one', () => {
    const tree = join(dir, 'src');
    const first = programIn(tree);
    expect(programIn(tree)).toBe(first);
    utimesSync(join(tree, 'a.ts'), 1, 1);
    const second = programIn(tree);
    expect(second).not.toBe(first);
    writeFileSync(join(dir, 'schemas', 'b.json'), '{}');
    expect(programIn(tree)).not.toBe(second);
    writeFileSync(join(tree, '.stamp'), 'built');
    expect(programIn(tree)).toBe('built');
    rmSync(dir, { recursive: true });
  });
});
