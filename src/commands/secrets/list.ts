import { BaseCommand } from '../../cli/base-command.ts';
import { renderSecrets } from '../../cli/render/secrets.ts';

export default class SecretsList extends BaseCommand {
  static override summary = 'List the secrets that the configuration names, and whether they can be had.';
  static override description = 'Says where each comes from; never what it is.';
  static override examples = ['<%= config.bin %> <%= command.id %>'];

  async run(): Promise<void> {
    const { flags } = await this.parse(SecretsList);
    await this.print(await this.call('secrets.list', {}, this.context(flags)), flags, renderSecrets);
  }
}
