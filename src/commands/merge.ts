import { string as stringArg } from '@oclif/core/args';
import { boolean, string } from '@oclif/core/flags';

import { BaseCommand } from '../cli/base-command.ts';
import { renderMerge } from '../cli/render/merge.ts';

export default class Merge extends BaseCommand {
  static override summary = 'Merge OpenSpec changes into the living specs, and archive them.';
  static override description =
    'Takes the changes whose tasks are all done, or those that are named, in the order and by the rules of `openspec archive`. ' +
    'Conflicts, also between changes that touch one requirement, are found before anything is written.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> . --dry-run',
    '<%= config.bin %> <%= command.id %> openspec --change add-login',
  ];
  static override args = {
    bundle: stringArg({ description: 'The folder `openspec`, or the one that it lies in.', required: true }),
  };
  static override flags = {
    change: string({
      summary: 'Merge this change, however far it is; may be repeated.',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'NAME',
    }),
    'dry-run': boolean({ summary: 'Show what would be written, and write nothing.', default: false }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Merge);
    const { change: changes = [], 'dry-run': dryRun } = flags;
    const context = this.context(flags);
    const view = await this.call('merge', { bundle: args.bundle, changes, dryRun }, context);
    await this.print(view, flags, renderMerge);
  }
}
