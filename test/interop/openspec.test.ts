import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { NexusError } from '../../src/base/errors.ts';
import { call } from '../../src/runtime/app/call.ts';
import { interpret } from '../../src/spec/interpret.ts';
import { readBundle } from '../../src/spec/read-bundle.ts';
import { type Case, CHANGES, CONCURRENT, DIFFERENCES, MERGES, SPECS } from './fixtures/openspec-cases.ts';

/** As it is on npm: fetched here only, at the version that docs/dialects.md compares with. */
const PACKAGE = '@fission-ai/openspec@1.13.2';

/** What the tool calls an error; all else that we report is advice to it. */
const INVALID = {
  spec: /^OPENSPEC_(?:PURPOSE_MISSING|REQUIREMENTS_MISSING|REQUIREMENT_(?:OUTSIDE|REPEATED|EMPTY)|SCENARIO_MISSING|DELTA_IN_SPEC)$/,
  change: /^OPENSPEC_(?:NO_DELTAS|DELTA_(?:MISPLACED|EMPTY|CONTRADICTS)|SCENARIO_(?:LOST|MISSING)|REQUIREMENT_EMPTY)$/,
};

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'openspec-'));
let missing: string | undefined;

beforeAll(async () => {
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', PACKAGE];
  await run('npm', install, { cwd: folder }).catch(
    (error: unknown) => (missing = `npm install ${PACKAGE} failed: ${String(error)}`),
  );
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what openspec and we say of the same items', () => {
  const verdicts = new Map<string, { theirs: boolean | undefined; ours: boolean }>();
  const cases = [...SPECS, ...CHANGES, ...DIFFERENCES];

  beforeAll(async () => {
    if (missing !== undefined) return;
    const root = layOut('items', Object.assign({}, ...cases.map(({ files }) => files)) as Record<string, string>);
    const { items } = JSON.parse(await openspec(root, 'validate', '--all', '--json')) as {
      items: { id: string; type: 'spec' | 'change'; valid: boolean }[];
    };
    const { diagnostics } = await interpret(readBundle(root));
    for (const { item } of cases) {
      const [type = '', id = ''] = item.split(/:(.*)/s);
      const place = type === 'spec' ? `openspec/specs/${id}/spec.md` : `openspec/changes/${id}/`;
      const faults = diagnostics.filter(
        ({ file, code }) => file.startsWith(place) && INVALID[type as 'spec' | 'change'].test(code),
      );
      verdicts.set(item, {
        theirs: items.find((each) => each.id === id && each.type === type)?.valid,
        ours: faults.length === 0,
      });
    }
  }, 120_000);

  const verdictOf = (context: { skip: (note: string) => void }, item: string) => {
    if (missing !== undefined) context.skip(missing);
    return verdicts.get(item);
  };

  it.for([...SPECS, ...CHANGES])('$item is $valid for both', ({ item, valid }: Case, context) => {
    expect(verdictOf(context, item)).toEqual({ theirs: valid, ours: valid });
  });

  it.for(DIFFERENCES)('$item differs, as docs/dialects.md says', ({ item, valid }: Case, context) => {
    expect(verdictOf(context, item)).toEqual({ theirs: valid, ours: !valid });
  });
});

describe('what openspec archive and spec-kit merge write', () => {
  it.for(MERGES)('$name', async ({ files, taken, name }, context) => {
    if (missing !== undefined) context.skip(missing);
    const [theirs, ours] = [layOut(`${name}/theirs`, files), layOut(`${name}/ours`, files)];
    const before = treeOf(theirs);
    await openspec(theirs, 'archive', 'a-change', '--yes');
    const refusal = await merge(ours, ['a-change']).then(
      () => undefined,
      ({ code }: NexusError) => code,
    );
    expect(refusal).toBe(taken ? undefined : 'MERGE_CONFLICT');
    expect(treeOf(ours)).toEqual(treeOf(theirs));
    expect(Object.keys(treeOf(theirs)).join() === Object.keys(before).join()).toBe(!taken);
  });

  it.for(CONCURRENT)('$name: nothing is written where one would undo the other', async ({ files, name }, context) => {
    if (missing !== undefined) context.skip(missing);
    const root = layOut(name, files);
    const before = treeOf(root);
    await expect(merge(root, ['a-change', 'b-change'])).rejects.toMatchObject({ code: 'MERGE_CONFLICT' });
    expect(treeOf(root)).toEqual(before);
    expect((await interpret(readBundle(root))).diagnostics.map(({ code }) => code)).toContain('OPENSPEC_CHANGES_CONFLICT');
  });
});

async function merge(root: string, changes: string[]): Promise<unknown> {
  return call('merge', { bundle: root, changes }, { cwd: root });
}

async function openspec(cwd: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, HOME: folder, OPENSPEC_TELEMETRY: '0', DO_NOT_TRACK: '1', CI: 'true' };
  const bin = join(folder, 'node_modules', '@fission-ai', 'openspec', 'bin', 'openspec.js');
  // What it finds invalid ends it with 1; what it says is on stdout all the same.
  const options = { cwd, env, timeout: 60_000, maxBuffer: 1 << 26 };
  return run(process.execPath, [bin, ...args], options).then(
    ({ stdout }) => stdout,
    (error: { stdout?: string }) => error.stdout ?? Promise.reject(error),
  );
}

function layOut(name: string, files: Readonly<Record<string, string>>): string {
  const root = join(folder, 'work', name.replace(/\W+/g, '-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** Every file below a folder, by its path. */
function treeOf(root: string): Record<string, string> {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).toSorted();
  return Object.fromEntries(
    paths.filter((path) => statSync(join(root, path)).isFile()).map((path) => [path, readFileSync(join(root, path), 'latin1')]),
  );
}
