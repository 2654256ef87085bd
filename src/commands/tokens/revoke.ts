import { string as stringArg } from '@oclif/core/args';

import { BaseCommand } from '../../cli/base-command.ts';
import { renderTokenRevoked } from '../../cli/render/tokens.ts';

export default class TokensRevoke extends BaseCommand {
  static override summary = 'End a token, or a login, before its time.';
  static override description = 'While `agentnexus serve` runs, it is told by --remote.';
  static override examples = ['<%= config.bin %> <%= command.id %> 0198c0de-0000-7000-8000-000000000001 --remote lab'];
  static override args = {
    token: stringArg({ description: 'Its id, as `tokens create --json` and the log say it.', required: true }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TokensRevoke);
    await this.print(await this.call('tokens.revoke', args, this.context(flags)), flags, renderTokenRevoked);
  }
}
