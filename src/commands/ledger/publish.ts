import { string } from '@oclif/core/flags';

import { BaseCommand } from '../../cli/base-command.ts';
import { renderPublication } from '../../cli/render/publication.ts';

export default class LedgerPublish extends BaseCommand {
  static override summary = 'Publish the log as static files that anybody can check.';
  static override description =
    'Writes C2SP tlog-tiles: entries, hash tiles, and the checkpoint last. Refused if what is published is ahead of this log, as after a backup was restored. ' +
    'The entries name tasks, paths and digests: publish only what may be seen.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --to dir:public',
    '<%= config.bin %> <%= command.id %> --to s3://BUCKET/log --witness https://witness.example --witness-key witness.pub',
  ];
  static override flags = {
    to: string({ summary: 'dir:PATH or s3://BUCKET/PREFIX.', required: true, helpValue: 'TARGET' }),
    endpoint: string({ summary: 'S3: address of a compatible service; default AWS_ENDPOINT_URL_S3.', helpValue: 'URL' }),
    witness: string({
      summary: 'Witness that has to sign the checkpoint first; may be repeated.',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'URL',
    }),
    'witness-key': string({
      summary: 'Its public key; as often as --witness.',
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'FILE',
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(LedgerPublish);
    const { to, endpoint, witness = [], 'witness-key': witnessKey = [] } = flags;
    const input = { to, witness, witnessKey, ...(endpoint === undefined ? {} : { endpoint }) };
    await this.print(await this.call('ledger.publish', input, this.context(flags)), flags, renderPublication);
  }
}
