import { string as stringArg } from '@oclif/core/args';

import { BaseCommand } from '../cli/base-command.ts';
import { MISSION } from '../cli/mission-arg.ts';
import { renderExplanation } from '../cli/render/explanation.ts';

export default class Explain extends BaseCommand {
  static override summary = 'Say why a task ran or was taken from the cache.';
  static override description =
    'Names the inputs that a task was made from, those that changed against the attempt before, and what came out.';
  static override examples = ['<%= config.bin %> <%= command.id %> latest contract:order'];
  static override args = {
    mission: stringArg({ description: MISSION, required: true }),
    task: stringArg({ description: 'Id of a task, as `status` lists it.', required: true }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Explain);
    await this.print(await this.call('explain', args, this.context(flags)), flags, renderExplanation);
  }
}
