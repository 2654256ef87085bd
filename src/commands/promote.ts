import { string as stringArg } from '@oclif/core/args';
import { boolean, string } from '@oclif/core/flags';

import { BaseCommand } from '../cli/base-command.ts';
import { MISSION } from '../cli/mission-arg.ts';
import { renderPromotion } from '../cli/render/promotion.ts';
import type { PromoteInput } from '../runtime/app/operations.ts';

export default class Promote extends BaseCommand {
  static override summary = 'Carry a gated release out to GitHub, S3, a ledger or a folder.';
  static override description =
    'The mission is exported and verified first; what has not passed its gate, or does not verify, is refused. Each step is announced in the log before it is ' +
    'done and recorded after, so that the same command goes on where it was cut off, without doing anything twice. Exits with 3 while a person has to merge.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> latest --to github:OWNER/REPO --dry-run',
    '<%= config.bin %> <%= command.id %> latest --to s3://BUCKET/PREFIX --retain 365d',
    '<%= config.bin %> <%= command.id %> 0199a3c2 --to ledger:https://log.example',
  ];
  static override args = { mission: stringArg({ description: MISSION, required: true }) };
  static override flags = {
    to: string({
      summary: 'github:OWNER/REPO, s3://BUCKET/PREFIX, ledger:URL or dir:PATH.',
      required: true,
      helpValue: 'TARGET',
    }),
    'dry-run': boolean({ summary: 'Verify, print what would be done, and stop.', default: false }),
    'github-api': string({ summary: 'API of an Enterprise server; default GITHUB_API_URL.', helpValue: 'URL' }),
    base: string({ summary: 'GitHub: branch to merge into; default that of the repository.', helpValue: 'BRANCH' }),
    merge: boolean({ summary: 'GitHub: merge the pull request, rather than wait for a person.', default: false }),
    tag: string({ summary: 'GitHub: name of tag and release; default mission-ID.', helpValue: 'NAME' }),
    'create-repository': string({
      summary: 'GitHub: make the repository if it is not there.',
      options: ['private', 'public'],
      helpValue: 'private|public',
    }),
    endpoint: string({ summary: 'S3: address of a compatible service; default AWS_ENDPOINT_URL_S3.', helpValue: 'URL' }),
    retain: string({ summary: 'S3: lock objects for this long (Object Lock): 30d, 365d.', helpValue: 'DURATION' }),
    compliance: boolean({ summary: 'S3: with --retain, lock so that nobody can undo it.', default: false }),
    'ledger-key': string({ summary: 'Public key of the ledger, to check what it answers.', helpValue: 'FILE' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Promote);
    const { base, merge, tag, endpoint, retain, compliance, 'github-api': api, 'ledger-key': ledgerKey } = flags;
    const create = flags['create-repository'];
    const input: PromoteInput = {
      mission: args.mission,
      to: flags.to,
      dryRun: flags['dry-run'],
      github: {
        merge,
        ...(api === undefined ? {} : { api }),
        ...(base === undefined ? {} : { base }),
        ...(tag === undefined ? {} : { tag }),
        ...(create === 'private' || create === 'public' ? { create } : {}),
      },
      s3: { compliance, ...(endpoint === undefined ? {} : { endpoint }), ...(retain === undefined ? {} : { retain }) },
      ...(ledgerKey === undefined ? {} : { ledgerKey }),
    };
    const view = await this.call('promote', input, this.context(flags));
    await this.print(view, flags, renderPromotion);
    if (view.state === 'waiting') this.exit(3);
  }
}
