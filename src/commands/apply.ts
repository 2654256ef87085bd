import { string as stringArg } from '@oclif/core/args';

import { APPLY_FLAGS } from '../cli/apply-flags.ts';
import { answerWithin } from '../cli/answer-within.ts';
import { commandAgain } from '../cli/command-again.ts';
import { defined } from '../cli/defined.ts';
import { agentOf, BUNDLE, dialectOf } from '../cli/mission-arg.ts';
import { RunOnCommand } from '../cli/run-on-command.ts';

export default class Apply extends RunOnCommand {
  static override summary = 'Run the mission of a specification to its gate.';
  static override description =
    'Builds what the specification states, tests it, signs the evidence into the log and writes the product below the ' +
    'workspace. What is already done is taken from the cache. A mission that was stopped goes on with the same command. ' +
    'Ctrl-C finishes the running tasks; pressed again, it stops them.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> spec.md',
    '<%= config.bin %> <%= command.id %> spec.md --dry-run',
    '<%= config.bin %> <%= command.id %> specs/ --jobs 8 --ui json > events.jsonl',
    '<%= config.bin %> <%= command.id %> --prompt mission.json --detach',
  ];
  static override args = { bundle: stringArg({ description: `${BUNDLE} May be left out with --prompt.` }) };
  static override flags = APPLY_FLAGS;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Apply);
    const { jobs, only = [], force = [], 'dry-run': dryRun, strict, locked, detach, tick, budget = [], priority } = flags;
    const within = answerWithin(flags, { watched: true });
    const input = {
      ...(args.bundle === undefined ? {} : { bundle: args.bundle }),
      ...(flags.prompt === undefined ? {} : { prompt: flags.prompt }),
      only,
      force,
      dryRun,
      strict,
      locked,
      detach,
      budget,
      ...(priority === undefined ? {} : { priority }),
      tick,
      ...(within === undefined ? {} : { answerWithin: within }),
      requireApproval: flags['require-approval'] ?? [],
      ...(flags.base === undefined ? {} : { base: flags.base }),
      ...(flags.branch === undefined ? {} : { branch: flags.branch }),
      ...defined({ signing: flags.signing, signingConfig: flags['signing-config'], trustedRoot: flags['trusted-root'] }),
      ...agentOf(flags),
      ...(flags['unsafe-no-sandbox'] ? { unsafeNoSandbox: true } : {}),
      ...dialectOf(flags),
      ...(jobs === undefined ? {} : { jobs }),
      ...(flags.policy === undefined ? {} : { policy: flags.policy }),
      ...(flags['release-policy'] === undefined ? {} : { releasePolicy: flags['release-policy'] }),
      ...(flags['policy-key'] === undefined ? {} : { policyKey: flags['policy-key'] }),
      ...(flags['policy-engine'] === undefined ? {} : { policyEngine: flags['policy-engine'] }),
      ...(flags.scan === undefined ? {} : { scan: flags.scan }),
      ...(flags.replay === undefined ? {} : { replay: flags.replay }),
    };
    // Whoever puts it into the background is there all the same.
    const again = commandAgain(args.bundle, {
      ...flags,
      ...(within === undefined ? {} : { 'answer-within': within, 'no-input': false }),
    });
    await this.runOn(flags, (context) => this.call('apply', input, { ...context, again }));
  }
}
