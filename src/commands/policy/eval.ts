import { string as stringArg } from '@oclif/core/args';
import { boolean, option } from '@oclif/core/flags';

import { APPLY_FLAGS } from '../../cli/apply-flags.ts';
import { BaseCommand } from '../../cli/base-command.ts';
import { defined } from '../../cli/defined.ts';
import { MISSION } from '../../cli/mission-arg.ts';
import { jsonText } from '../../cli/printable.ts';
import { renderPolicyEvaluation } from '../../cli/render/policy.ts';
import { policySarif } from '../../cli/render/policy-sarif.ts';

const FORMATS = ['text', 'json', 'sarif'] as const;

export default class PolicyEval extends BaseCommand {
  static override summary = 'Ask a release policy about a mission, without deciding anything.';
  static override description =
    "Asks the policy that the mission's gate asked, or the one given, about the mission's verified statements. Exits with 1 if it denies.";
  static override examples = [
    '<%= config.bin %> <%= command.id %> latest --release-policy policy/',
    '<%= config.bin %> <%= command.id %> latest --format sarif > release.sarif',
    '<%= config.bin %> <%= command.id %> latest --show-input > input.json',
  ];
  static override args = { mission: stringArg({ description: MISSION, default: 'latest' }) };
  static override flags = {
    'release-policy': APPLY_FLAGS['release-policy'],
    'policy-engine': APPLY_FLAGS['policy-engine'],
    'policy-key': APPLY_FLAGS['policy-key'],
    format: option({ summary: 'How to print what it says.', options: FORMATS, default: 'text' })(),
    'show-input': boolean({ summary: 'Print what the policy is asked about, as JSON, in place of the answer.', default: false }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(PolicyEval);
    const { format, 'show-input': showInput } = flags;
    const { 'release-policy': releasePolicy, 'policy-engine': policyEngine, 'policy-key': policyKey } = flags;
    const input = {
      mission: args.mission,
      showInput,
      ...defined({ releasePolicy, policyEngine, policyKey }),
    };
    const view = await this.call('policy.eval', input, this.context(flags));
    await this.print(view, { ...flags, json: flags.json || format === 'json' }, (shown, screen) => {
      if (showInput) return `${jsonText(shown.document)}\n`;
      if (format === 'sarif') return `${jsonText(policySarif(shown, this.config.version))}\n`;
      return renderPolicyEvaluation(shown, screen);
    });
    if (view.result === 'fail' && !showInput) this.exit(1);
  }
}
