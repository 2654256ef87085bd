import { boolean, string } from '@oclif/core/flags';

import { BaseCommand } from '../../cli/base-command.ts';
import { renderPrune } from '../../cli/render/prune.ts';

export default class CachePrune extends BaseCommand {
  static override summary = 'Remove from the content store what nothing in the log refers to.';
  static override description =
    'What evidence, missions and results refer to stays, whatever the limit, but for payloads that a rule of retention names: everything still verifies and can be explained and resumed afterwards. ' +
    'What attempts and processes that died have left goes. Without limits all of that goes; with --max-size the oldest, until there is room.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --dry-run',
    '<%= config.bin %> <%= command.id %> --max-size 2GiB --older-than 7d',
    '<%= config.bin %> <%= command.id %> --payloads-older-than 90d --dry-run',
  ];
  static override flags = {
    'max-size': string({ summary: 'Remove no more than it takes to come down to this size: 500M, 2GiB.', helpValue: 'SIZE' }),
    'older-than': string({ summary: 'Remove only what was stored longer ago than this: 12h, 7d.', helpValue: 'DURATION' }),
    'payloads-older-than': string({
      summary: 'Remove also what missions that ended longer ago than this said and made; hashes and proofs stay.',
      helpValue: 'DURATION',
      exclusive: ['retention'],
    }),
    retention: boolean({ summary: 'The same, by the rule in .agentnexus.yaml.', default: false }),
    'dry-run': boolean({ summary: 'Show what would be removed, and stop.', default: false }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(CachePrune);
    const {
      'max-size': maxSize,
      'older-than': olderThan,
      'dry-run': dryRun,
      'payloads-older-than': payloadsOlderThan,
      retention,
    } = flags;
    const input = {
      dryRun,
      ...(maxSize === undefined ? {} : { maxSize }),
      ...(retention ? { retention } : {}),
      ...(payloadsOlderThan === undefined ? {} : { payloadsOlderThan }),
      ...(olderThan === undefined ? {} : { olderThan }),
    };
    const view = await this.call('cache.prune', input, this.context(flags));
    await this.print(view, flags, renderPrune);
    if (view.over > 0) this.exit(1);
  }
}
