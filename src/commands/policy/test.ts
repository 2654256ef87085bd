import { string as stringArg } from '@oclif/core/args';

import { BaseCommand } from '../../cli/base-command.ts';
import { renderPolicyTest } from '../../cli/render/policy.ts';

export default class PolicyTest extends BaseCommand {
  static override summary = 'Run the tests of a release policy.';
  static override description =
    'Evaluates every rule whose name begins with test_, as `opa test` does, without an opa: network, clock and chance are not there. ' +
    'Exits with 1 if one fails, or there is none.';
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> policy/'];
  static override args = {
    policy: stringArg({ description: 'Folder of Rego, .rego file or OPA bundle; default the policy that is shipped.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(PolicyTest);
    const view = await this.call('policy.test', args.policy === undefined ? {} : { path: args.policy }, this.context(flags));
    await this.print(view, flags, renderPolicyTest);
    if (view.result === 'fail') this.exit(1);
  }
}
