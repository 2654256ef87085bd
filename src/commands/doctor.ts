import { BaseCommand } from '../cli/base-command.ts';
import { renderDoctor } from '../cli/render/doctor.ts';

export default class Doctor extends BaseCommand {
  static override summary = 'Check what this machine offers and name what is missing.';
  static override description = 'Changes nothing. Exits with 4 if something needed is missing.';
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json'];

  async run(): Promise<void> {
    const { flags } = await this.parse(Doctor);
    const view = await this.call('doctor', {}, this.context(flags));
    await this.print(view, flags, renderDoctor);
    if (!view.healthy) this.exit(4);
  }
}
