import { boolean } from '@oclif/core/flags';

import { BaseCommand } from '../../cli/base-command.ts';
import { renderMemoryRebuild } from '../../cli/render/memory.ts';

export default class MemoryRebuild extends BaseCommand {
  static override summary = 'Make the index of the memory anew from its files.';
  static override description =
    'Tells the log which files have come and gone by hand or by git. Nobody vouches for what has come, until --trust says that you have read it.';
  static override examples = ['<%= config.bin %> <%= command.id %> --trust'];
  static override flags = {
    trust: boolean({ summary: 'Vouch for every entry that does not say itself that it is not to be trusted.', default: false }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(MemoryRebuild);
    await this.print(await this.call('memory.rebuild', { trust: flags.trust }, this.context(flags)), flags, renderMemoryRebuild);
  }
}
