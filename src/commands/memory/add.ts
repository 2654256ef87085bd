import { string as stringArg } from '@oclif/core/args';
import { boolean, string } from '@oclif/core/flags';

import { BaseCommand } from '../../cli/base-command.ts';
import { renderMemoryAdded } from '../../cli/render/memory.ts';

export default class MemoryAdd extends BaseCommand {
  static override summary = 'Remember something.';
  static override description =
    'It becomes a file below `memory` in the workspace folder, which git can track and merge, and an entry of the log, which vouches for it.';
  static override examples = ['<%= config.bin %> <%= command.id %> "Amounts are in cents." --kind decision'];
  static override args = { text: stringArg({ description: 'What is to be remembered.', required: true }) };
  static override flags = {
    scope: string({ summary: 'Who is to know it.', helpValue: 'SCOPE', default: 'workspace' }),
    kind: string({ summary: 'What it is, in one word.', helpValue: 'KIND', default: 'note' }),
    untrusted: boolean({ summary: 'Do not vouch for it: it comes from elsewhere.', default: false }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(MemoryAdd);
    const { scope, kind, untrusted } = flags;
    const view = await this.call('memory.add', { text: args.text, scope, kind, untrusted }, this.context(flags));
    await this.print(view, flags, renderMemoryAdded);
  }
}
