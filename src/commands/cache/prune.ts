import { boolean, string } from '@oclif/core/flags';

import { BaseCommand } from '../../cli/base-command.ts';
import { renderPrune } from '../../cli/render/prune.ts';

export default class CachePrune extends BaseCommand {
  static override summary = 'Remove from the content store what nothing in the log refers to.';
  static override description =
    'What evidence, missions and results refer to stays, whatever the limit: everything still verifies and can be explained and resumed afterwards. ' +
    'What attempts and processes that died have left goes. Without limits all of that goes; with --max-size the oldest, until there is room.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --dry-run',
    '<%= config.bin %> <%= command.id %> --max-size 2GiB --older-than 7d',
  ];
  static override flags = {
    'max-size': string({ summary: 'Remove no more than it takes to come down to this size: 500M, 2GiB.', helpValue: 'SIZE' }),
    'older-than': string({ summary: 'Remove only what was stored longer ago than this: 12h, 7d.', helpValue: 'DURATION' }),
    'dry-run': boolean({ summary: 'Show what would be removed, and stop.', default: false }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(CachePrune);
    const { 'max-size': maxSize, 'older-than': olderThan, 'dry-run': dryRun } = flags;
    const input = {
      dryRun,
      ...(maxSize === undefined ? {} : { maxSize }),
      ...(olderThan === undefined ? {} : { olderThan }),
    };
    const view = await this.call('cache.prune', input, this.context(flags));
    await this.print(view, flags, renderPrune);
    if (view.over > 0) this.exit(1);
  }
}
