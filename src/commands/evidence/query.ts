import { string as stringArg } from '@oclif/core/args';
import { integer, string } from '@oclif/core/flags';

import { BaseCommand } from '../../cli/base-command.ts';
import { renderQuery } from '../../cli/render/query.ts';

export default class EvidenceQuery extends BaseCommand {
  static override summary = 'Ask for evidence of all missions in SQL.';
  static override description =
    'One SELECT over analytics.evidence_summary, one row for each artifact of each mission; docs/evidence-query.md lists the columns. Nothing can be changed, ' +
    'and nothing else be read.';
  static override examples = [
    `<%= config.bin %> <%= command.id %> "SELECT path, validation FROM analytics.evidence_summary WHERE gate = 'pass'"`,
    `<%= config.bin %> <%= command.id %> "SELECT mission_id, avg(coverage) FROM analytics.evidence_summary GROUP BY 1" --format csv`,
  ];
  static override args = { sql: stringArg({ description: 'The query, as SQLite has it.', required: true }) };
  static override flags = {
    format: string({ summary: 'How to print it.', options: ['table', 'csv', 'json'], default: 'table' }),
    limit: integer({ summary: 'Rows at most.', default: 1000, min: 1, max: 100_000, helpValue: 'N' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(EvidenceQuery);
    const view = await this.call('evidence.query', { sql: args.sql, limit: flags.limit }, this.context(flags));
    const shown = flags.format === 'json' ? { ...flags, json: true } : flags;
    await this.print(view, shown, (each, screen) => renderQuery(each, screen, flags.format === 'csv' ? 'csv' : 'table'));
  }
}
