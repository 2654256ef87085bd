import { integer, string } from '@oclif/core/flags';

import { BaseCommand } from '../../cli/base-command.ts';
import { renderMemoryList } from '../../cli/render/memory.ts';

export default class MemoryList extends BaseCommand {
  static override summary = 'List what is remembered, the newest first.';
  static override description = 'Also names files that could not be read, and why.';
  static override examples = ['<%= config.bin %> <%= command.id %> --scope workspace'];
  static override flags = {
    scope: string({ summary: 'Only this scope; may be repeated. All by default.', helpValue: 'SCOPE', multiple: true }),
    limit: integer({ summary: 'Show no more than this.', helpValue: 'N', min: 1, max: 1000, default: 100 }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(MemoryList);
    const input = { limit: flags.limit, ...(flags.scope === undefined ? {} : { scopes: flags.scope }) };
    await this.print(await this.call('memory.list', input, this.context(flags)), flags, renderMemoryList);
  }
}
