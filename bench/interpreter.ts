import MarkdownIt from 'markdown-it';

import { buildGraph } from '../src/spec/build-graph.ts';
import { interpret } from '../src/spec/interpret.ts';
import type { Bundle } from '../src/spec/read-bundle.ts';
import { type BenchRow, median, row } from './bench-row.ts';

const ROUNDS = 7;
/** Components and contracts of the two sizes; each makes two tasks, and the package four. */
const SMALL = 2500;
const LARGE = 25_000;

/** Speed of reading a bundle beside markdown-it's block pass alone on the same text, and its growth with ten times the input. */
export async function benchInterpreter(): Promise<BenchRow[]> {
  const small = bundleOf(SMALL);
  const large = bundleOf(LARGE);
  const [block = Number.NaN, reading = Number.NaN] = await alternately([() => blockPass(small), () => interpret(small)]);
  const [ten = Number.NaN, tenfold = Number.NaN] = await alternately([() => tenTimes(small), () => interpretAndPlan(large)]);
  const whole = ten / 10;
  const megabytes = (textOf(small).length / 1e6) * 1000;
  const tasks = await interpretAndPlan(large);
  return [
    row('interpreter: Markdown, beside the block pass', {
      value: megabytes / reading,
      baseline: megabytes / block,
      unit: 'MB/s',
      goal: '≥ 5 MB/s',
    }),
    row('interpreter: with task graph', {
      value: megabytes / whole,
      baseline: megabytes / block,
      unit: 'MB/s',
      goal: '≥ 5 MB/s',
    }),
    row(`interpreter: ten times the input, ${tasks.toLocaleString('en')} tasks`, {
      value: tenfold,
      baseline: whole,
      unit: 'ms',
      goal: '≤ 11 ×',
    }),
  ];
}

/** Median milliseconds of each, measured in turn so that a busy moment hits all of them. */
async function alternately(runs: readonly (() => unknown)[]): Promise<number[]> {
  const times = runs.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, run] of runs.entries()) {
      globalThis.gc?.();
      const started = performance.now();
      await run();
      // The first round warms up.
      if (round > 0) times[index]?.push(performance.now() - started);
    }
  }
  return times.map(median);
}

const parser = new MarkdownIt('commonmark');
parser.core.ruler.enableOnly(['normalize', 'block']);

function blockPass(bundle: Bundle): number {
  return parser.parse(textOf(bundle), {}).length;
}

async function interpretAndPlan(bundle: Bundle): Promise<number> {
  return buildGraph(await interpret(bundle)).tasks.length;
}

/** As long as the large bundle should take: a busy moment then weighs on both alike. */
async function tenTimes(bundle: Bundle): Promise<void> {
  for (let count = 0; count < 10; count++) await interpretAndPlan(bundle);
}

function textOf(bundle: Bundle): string {
  return bundle.files[0]?.text ?? '';
}

/** A bundle as people write them: wrapped lines, several kinds of interfaces, contracts that refer to each other. */
function bundleOf(size: number): Bundle {
  const lines = ['# Generated', '', '## Components', ''];
  for (let index = 0; index < size; index++) {
    lines.push(
      `- Component: Service ${index}`,
      `  - Responsibilities: Takes the orders of shop ${index}, checks them against what is in store, and passes them on to`,
      '    the next service.',
      `  - Interfaces: REST \`POST /orders/${index}\`, event bus topics \`orders.${index}.*\`, SQL view \`reports.orders_${index}\`.`,
    );
  }
  lines.push('', '## Contracts', '');
  for (let index = 0; index < size; index++) {
    const reference = index % 3 === 2 ? `, before?: Order${index - 1}` : '';
    lines.push(
      `- Contract: Order${index}`,
      `  - Schema: \`{ id: UUID, customer: string, state: 'open' | 'sent' | 'paid', page: URI, placedAt: timestamp${reference} }\``,
      `  - Producers: Service ${index}, Service ${(index * 7) % size}.`,
      `  - Consumers: Service ${(index + 1) % size}.`,
    );
  }
  return { root: '/bench', name: 'bench', files: [{ path: 'spec.md', text: `${lines.join('\n')}\n` }] };
}

if (import.meta.main) {
  for (const { name, value, unit, baseline, ratio, goal } of await benchInterpreter()) {
    process.stdout.write(
      `${name.padEnd(56)}${value.toFixed(1).padStart(9)} ${unit.padEnd(5)} ${ratio.toFixed(2)} × ${baseline.toFixed(1)} (goal ${goal})\n`,
    );
  }
}
