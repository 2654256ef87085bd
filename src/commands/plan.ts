import { string as stringArg } from '@oclif/core/args';
import { boolean, option, string } from '@oclif/core/flags';

import { BaseCommand } from '../cli/base-command.ts';
import { AGENT, agentOf, BASE, BUNDLE, DIALECT, dialectOf, POLICY } from '../cli/mission-arg.ts';
import { printableData } from '../cli/printable.ts';
import { renderDot } from '../cli/render/dot.ts';
import { renderMermaid } from '../cli/render/mermaid.ts';
import { renderLock } from '../cli/render/lock.ts';
import { planTreeParts } from '../cli/render/plan-tree.ts';
import type { Screen } from '../cli/screen.ts';
import type { PlanView } from '../runtime/app/views.ts';

const FORMATS = ['tree', 'json', 'mermaid', 'dot'] as const;

const RENDERERS: Record<'tree' | 'mermaid' | 'dot', (view: PlanView, screen: Screen) => string | Generator<string>> = {
  tree: planTreeParts,
  mermaid: renderMermaid,
  dot: renderDot,
};

export default class Plan extends BaseCommand {
  static override summary = 'Show the task graph and what would run, and why.';
  static override description =
    'Lists the tasks a specification leads to, what each needs and because of what, and, against the last mission, ' +
    'which would run and which would be taken from the cache. Nothing is written but, with --lock, the lock file.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> spec.md',
    '<%= config.bin %> <%= command.id %> spec.md --format dot | dot -Tsvg > plan.svg',
    '<%= config.bin %> <%= command.id %> spec.md --lock',
  ];
  static override args = { bundle: stringArg({ description: BUNDLE, required: true }) };
  static override flags = {
    format: option({ summary: 'How to print the graph.', options: FORMATS, default: 'tree' })(),
    agent: string({ summary: AGENT, helpValue: 'NAME' }),
    dialect: string({ summary: DIALECT, helpValue: 'NAME' }),
    base: string({ summary: BASE, helpValue: 'REV' }),
    policy: string({ summary: POLICY, helpValue: 'FILE' }),
    lock: boolean({ summary: 'Accept the graph: write it to the lock file beside the bundle.', exclusive: ['locked'] }),
    locked: boolean({ summary: 'Refuse a graph that is not the one in the lock file.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Plan);
    const { lock, locked, base, policy } = flags;
    const input = {
      bundle: args.bundle,
      lock,
      locked,
      ...(base === undefined ? {} : { base }),
      ...(policy === undefined ? {} : { policy }),
      ...agentOf(flags),
      ...dialectOf(flags),
    };
    const view = await this.call('plan', input, this.context(flags));
    const json = flags.json || flags.format === 'json';
    await this.print(view, { ...flags, json }, RENDERERS[flags.format === 'json' ? 'tree' : flags.format]);
    if (view.lock !== undefined && !json) process.stderr.write(renderLock(printableData(view.lock), process.cwd()));
  }
}
