import { boolean } from '@oclif/core/flags';

import { BaseCommand } from '../cli/base-command.ts';

export default class Mcp extends BaseCommand {
  static override summary = 'Serve the workspace to a coding agent (MCP, on stdin and stdout).';
  static override description =
    'Offers what the other commands do as tools: plan, apply, status, explain, verify and more. Approvals and releases stay with people unless --decide is given.';
  static override examples = ['<%= config.bin %> <%= command.id %>', 'claude mcp add agentnexus -- spec-kit mcp'];
  static override flags = {
    decide: boolean({ summary: 'Offer `approve`, `reject` and `promote` too.', default: false }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Mcp);
    const { serveMcp } = await import('../runtime/serve/mcp/mcp-server.ts');
    await serveMcp({
      context: this.context(flags),
      decides: flags.decide,
      input: process.stdin,
      output: process.stdout,
    });
  }
}
