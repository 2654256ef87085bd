import { string as stringArg } from '@oclif/core/args';
import { integer, string } from '@oclif/core/flags';

import { BaseCommand } from '../../cli/base-command.ts';
import { renderMemoryList } from '../../cli/render/memory.ts';

export default class MemorySearch extends BaseCommand {
  static override summary = 'Find what is remembered.';
  static override description =
    'By its words, in any of their forms, and by vectors, which also find what is misspelt. What nobody here vouches for is marked as untrusted.';
  static override examples = ['<%= config.bin %> <%= command.id %> "token cache" --scope workspace'];
  static override args = { query: stringArg({ description: 'Words, in any order.', required: true }) };
  static override flags = {
    scope: string({ summary: 'Only this scope; may be repeated. All by default.', helpValue: 'SCOPE', multiple: true }),
    limit: integer({ summary: 'Show no more than this.', helpValue: 'N', min: 1, max: 1000, default: 10 }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(MemorySearch);
    const input = { query: args.query, limit: flags.limit, ...(flags.scope === undefined ? {} : { scopes: flags.scope }) };
    await this.print(await this.call('memory.search', input, this.context(flags)), flags, renderMemoryList);
  }
}
