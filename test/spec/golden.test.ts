import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { buildGraph } from '../../src/spec/build-graph.ts';
import { interpret } from '../../src/spec/interpret.ts';
import { renderGraph } from '../../src/spec/render-graph.ts';
import { bundleOf } from './bundle-of.ts';

const text = readFileSync(join(import.meta.dirname, 'fixtures', 'library.md'), 'utf8');
const spec = await interpret(bundleOf({ 'library.md': text }));

it('a specification with every liberty there is reads as it did', async () => {
  const { digest: _, ...rest } = spec;
  await expect(`${JSON.stringify(rest, null, 2)}\n`).toMatchFileSnapshot('fixtures/library.json');
});

it('and plans as it did', async () => {
  await expect(renderGraph(buildGraph(spec), 'tree')).toMatchFileSnapshot('fixtures/library.tree.txt');
});
