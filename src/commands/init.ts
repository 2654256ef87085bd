import { string as stringArg } from '@oclif/core/args';
import { option } from '@oclif/core/flags';

import { BaseCommand } from '../cli/base-command.ts';
import { renderInit } from '../cli/render/init.ts';

const TEMPLATES = ['native', 'speckit', 'openspec', 'kiro'] as const;

export default class Init extends BaseCommand {
  static override summary = 'Write a small specification to start from.';
  static override description =
    'Writes a small specification into DIR: one file in the native form, or the files that Spec Kit, OpenSpec or Kiro keep theirs in. A file that is already there is never overwritten: then nothing is written.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> demo',
    '<%= config.bin %> <%= command.id %> demo --template kiro',
  ];
  static override args = { dir: stringArg({ description: 'Folder to write to; it is made if needed.', default: '.' }) };
  static override flags = {
    template: option({ summary: 'Way of writing specifications.', options: TEMPLATES, default: 'native' })(),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Init);
    const context = this.context(flags);
    const view = await this.call('init', { dir: args.dir, template: flags.template }, context);
    await this.print(view, flags, (shown, screen) => renderInit(shown, screen, context));
  }
}
