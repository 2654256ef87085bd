import { string as stringArg } from '@oclif/core/args';
import { boolean, option, string } from '@oclif/core/flags';

import { BaseCommand } from '../cli/base-command.ts';
import { bundleLocator, repositoryLocator } from '../cli/bundle-path.ts';
import { BUNDLE, DIALECT, dialectOf } from '../cli/mission-arg.ts';
import { jsonText } from '../cli/printable.ts';
import { githubAnnotations } from '../cli/render/github-annotations.ts';
import { sarifLog } from '../cli/render/sarif.ts';
import { renderValidation } from '../cli/render/validation.ts';

const FORMATS = ['text', 'json', 'sarif', 'github'] as const;

export default class Validate extends BaseCommand {
  static override summary = 'Check a specification and say what became of each line.';
  static override description =
    'Prints every diagnostic with file, line, column, code, message and what to write instead. ' +
    'Exits with 2 if there is an error, or under --strict a warning. Nothing is written.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> spec.md',
    '<%= config.bin %> <%= command.id %> specs/ --strict --format sarif > spec.sarif',
  ];
  static override args = { bundle: stringArg({ description: BUNDLE, required: true }) };
  static override flags = {
    format: option({ summary: 'How to print diagnostics.', options: FORMATS, default: 'text' })(),
    dialect: string({ summary: DIALECT, helpValue: 'NAME' }),
    strict: boolean({ summary: 'Take warnings for errors.', default: false }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Validate);
    const context = this.context(flags);
    const view = await this.call('validate', { bundle: args.bundle, strict: flags.strict, ...dialectOf(flags) }, context);
    const forService = flags.format === 'sarif' || flags.format === 'github';
    const locate = (forService ? repositoryLocator : bundleLocator)(args.bundle, context.cwd);
    const options = { version: this.config.version, locate };
    const json = flags.json || flags.format === 'json';
    await this.print(view, { ...flags, json }, (shown, screen) => {
      if (flags.format === 'sarif') return `${jsonText(sarifLog(shown.diagnostics, options))}\n`;
      if (flags.format === 'github') return githubAnnotations(shown.diagnostics, options);
      return renderValidation(shown, screen, options);
    });
    if (!view.valid) this.exit(2);
  }
}
