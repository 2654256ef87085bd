import { string as stringArg } from '@oclif/core/args';
import { boolean, option } from '@oclif/core/flags';

import { BaseCommand, type Renderer } from '../cli/base-command.ts';
import { BUNDLE } from '../cli/mission-arg.ts';
import { refuseNotBuilt } from '../cli/not-built.ts';
import { renderDot } from '../cli/render/dot.ts';
import { renderMermaid } from '../cli/render/mermaid.ts';
import { renderPlanTree } from '../cli/render/plan-tree.ts';
import type { PlanView } from '../runtime/app/views.ts';

const FORMATS = ['tree', 'json', 'mermaid', 'dot'] as const;

const RENDERERS: Record<'tree' | 'mermaid' | 'dot', Renderer<PlanView>> = {
  tree: renderPlanTree,
  mermaid: renderMermaid,
  dot: renderDot,
};

const NO_LOCK_FILE =
  'The lock file of accepted task graphs comes later; `spec-kit plan BUNDLE --format json` can be kept and compared meanwhile.';

export default class Plan extends BaseCommand {
  static override summary = 'Show the task graph and what would run, and why.';
  static override description =
    'Lists the tasks a specification leads to, what each needs and because of what, and, against the last mission, ' +
    'which would run and which would be taken from the cache. Nothing is written.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> spec.md',
    '<%= config.bin %> <%= command.id %> spec.md --format dot | dot -Tsvg > plan.svg',
  ];
  static override args = { bundle: stringArg({ description: BUNDLE, required: true }) };
  static override flags = {
    format: option({ summary: 'How to print the graph.', options: FORMATS, default: 'tree' })(),
    lock: boolean({ summary: 'Write the accepted graph to a lock file (not built yet).' }),
    locked: boolean({ summary: 'Refuse a graph that differs from the lock file (not built yet).' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Plan);
    refuseNotBuilt(flags, { lock: NO_LOCK_FILE, locked: NO_LOCK_FILE });
    const view = await this.call('plan', { bundle: args.bundle }, this.context(flags));
    const json = flags.json || flags.format === 'json';
    await this.print(view, { ...flags, json }, RENDERERS[flags.format === 'json' ? 'tree' : flags.format]);
  }
}
