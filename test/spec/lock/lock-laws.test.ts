import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { buildGraph } from '../../../src/spec/build-graph.ts';
import { interpret } from '../../../src/spec/interpret.ts';
import { driftBetween } from '../../../src/spec/lock/compare-locks.ts';
import { driftLines } from '../../../src/spec/lock/drift-lines.ts';
import { type GraphLock, lockOf } from '../../../src/spec/lock/graph-lock.ts';
import { lockText } from '../../../src/spec/lock/write-lock.ts';
import type { Specification } from '../../../src/spec/model.ts';
import { openBundle } from '../../../src/spec/open-bundle.ts';
import type { Bundle } from '../../../src/spec/read-bundle.ts';
import { isSettled } from '../../../src/spec/work/marks.ts';

const BUNDLES = join(import.meta.dirname, '..', 'fixtures', 'bundles');

async function accepted(bundle: Bundle): Promise<GraphLock> {
  const specification = await interpret(bundle);
  return lockOf(specification, buildGraph({ ...specification, ...specification.untitled }));
}

const settled = ({ elements }: Specification): Set<string> =>
  new Set(elements.flatMap((each) => (each.kind === 'work' && isSettled(each.status) ? [each.id] : [])));

describe.each(readdirSync(BUNDLES))('the lock of %s', (dialect) => {
  const bundle = openBundle(join(BUNDLES, dialect));

  it('is the same whatever the folder is called', async () => {
    const named = async (name: string): Promise<string> => lockText(await accepted({ ...bundle, name, root: `/home/${name}` }));
    const names = [await named('shop'), await named('checkout-2')];
    expect(names[1]).toBe(names[0]);
  });

  it('accepts that every box is ticked', async () => {
    const files = bundle.files.map((file) => ({
      ...file,
      text: file.text.replaceAll(/^(\s*(?:[-*+]|\d+[.)])\s+)\[ \]/gm, '$1[x]'),
    }));
    const ticked = { ...bundle, files };
    const drift = driftBetween(await accepted(bundle), await accepted(ticked), settled(await interpret(ticked)));
    expect(drift === undefined ? [] : driftLines(drift)).toEqual([]);
  });
});
