import { string as stringArg } from '@oclif/core/args';
import { option, string } from '@oclif/core/flags';

import { BaseCommand } from '../../cli/base-command.ts';
import { renderToken } from '../../cli/render/tokens.ts';
import { SCOPES } from '../../runtime/app/allowance.ts';

export default class TokensCreate extends BaseCommand {
  static override summary = 'Make a token for the control plane, for somebody who works for you.';
  static override description =
    'It is good for a short time and for less than you may, never for more. It is printed this once; the log knows who made it, and all that is done by it.';
  static override examples = ['<%= config.bin %> <%= command.id %> fixer --scope missions:read --mission latest --lifetime 15m'];
  static override args = { name: stringArg({ description: 'Who it is for, in one word.', required: true }) };
  static override flags = {
    scope: option({ summary: 'What they may; as often as needed.', options: SCOPES, multiple: true, required: true })(),
    mission: string({
      summary: 'A mission that it is good for, and no other; as often as needed.',
      helpValue: 'MISSION',
      multiple: true,
    }),
    lifetime: string({ summary: 'How long it is good, an hour at most.', helpValue: 'TIME', default: '5m' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TokensCreate);
    const { scope, mission, lifetime } = flags;
    const input = { name: args.name, scopes: scope, lifetime, ...(mission === undefined ? {} : { missions: mission }) };
    await this.print(await this.call('tokens.create', input, this.context(flags)), flags, renderToken);
  }
}
