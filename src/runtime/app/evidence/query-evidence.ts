import { mkdirSync } from 'node:fs';

import { NexusError } from '../../../base/errors.ts';
import { isJsonObject } from '../../../base/json.ts';
import type { LogReader } from '../../log/log-reader.ts';
import { QUERY_PROGRAM, queryFault, type TableAnswer, type TableQuery } from '../../log/table-query.ts';
import { missionRows } from '../../mission/queries.ts';
import { EVIDENCE_COLUMNS, evidenceRow } from '../../vault/evidence-table.ts';
import { cleanEnvironment, runProcess } from '../../workspace/process.ts';
import { readEvidence } from './evidence.ts';
import { withHistory } from '../host/history.ts';
import type { Handler } from '../operations.ts';

/** Milliseconds that a query may take, by default; characters of an answer. */
const PATIENCE = 10_000;
const ANSWER = 64 * 2 ** 20;
const MAX_ROWS = 100_000;

/** Answers SQL over `analytics.evidence_summary`: reading alone, in a process that is ended in time, over nothing but that. */
export const queryEvidence: Handler<'evidence.query'> = ({ sql, limit = 1000, timeout = PATIENCE }, context) =>
  withHistory(context, async ({ log, workspace }) => {
    const fault = queryFault(sql) ?? (limit >= 1 && limit <= MAX_ROWS ? undefined : `the limit is not from 1 to ${MAX_ROWS}`);
    if (fault !== undefined) throw refused(fault);
    mkdirSync(workspace.scratch, { recursive: true });
    const query: TableQuery = {
      schema: 'analytics',
      table: 'evidence_summary',
      columns: EVIDENCE_COLUMNS,
      rows: rowsOf(log),
      sql,
      limit,
    };
    return { kind: 'Query', ...(await ask(query, { scratch: workspace.scratch, timeout })) };
  });

function rowsOf(log: LogReader): TableQuery['rows'] {
  return missionRows(log.db).flatMap((row) => {
    const { id, specification, state, gate, started_at: startedAt } = row;
    return readEvidence(log, id).map((item) => evidenceRow({ id, specification, state, gate, startedAt }, item));
  });
}

async function ask(query: TableQuery, { scratch, timeout }: { scratch: string; timeout: number }): Promise<TableAnswer> {
  const result = await runProcess([process.execPath, '--no-warnings', QUERY_PROGRAM], {
    cwd: scratch,
    env: cleanEnvironment(scratch),
    timeoutMs: timeout,
    outputLimit: ANSWER,
    input: JSON.stringify(query),
  });
  if (result.ended === 'timeout') throw refused(`it took more than ${timeout / 1000} s`);
  if (result.truncated) throw refused('its answer is too large');
  const answer: unknown = result.code === 0 ? JSON.parse(result.stdout) : {};
  if (!isJsonObject(answer)) throw refused('it was not understood');
  if (typeof answer['error'] === 'string') throw refused(answer['error']);
  if (result.code !== 0) throw refused(result.stderr.trim() || result.ended);
  return answer as unknown as TableAnswer;
}

function refused(why: string): NexusError {
  return new NexusError('USAGE', `The query cannot be answered: ${why}.`, {
    hint: 'Write one SELECT over analytics.evidence_summary, as SQLite has it; docs/evidence-query.md lists the columns.',
  });
}
