import { BaseCommand } from '../../cli/base-command.ts';
import { renderSecrets } from '../../cli/render/secrets.ts';

export default class SecretsAllow extends BaseCommand {
  static override summary = 'Allow what the configuration says of secrets, as it stands.';
  static override description =
    'A configuration comes with a repository and could name any file: so it counts only once somebody has read it. After each change it is to be allowed again.';
  static override examples = ['<%= config.bin %> <%= command.id %>'];

  async run(): Promise<void> {
    const { flags } = await this.parse(SecretsAllow);
    await this.print(await this.call('secrets.allow', {}, this.context(flags)), flags, renderSecrets);
  }
}
