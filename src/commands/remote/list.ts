import { BaseCommand } from '../../cli/base-command.ts';
import { renderRemotes } from '../../cli/render/remotes.ts';

export default class RemoteList extends BaseCommand {
  static override summary = 'List the control planes that missions can be sent to.';
  static override examples = ['<%= config.bin %> <%= command.id %>'];

  async run(): Promise<void> {
    const { flags } = await this.parse(RemoteList);
    await this.print(await this.call('remote.list', {}, this.context(flags)), flags, renderRemotes);
  }
}
