import { createPublicKey } from 'node:crypto';
import { join, resolve } from 'node:path';

import type { Digest } from '../../../base/digest.ts';
import { NexusError } from '../../../base/errors.ts';
import { formatVkey } from '../../log/signed-note.ts';
import { readReport } from '../../report/model/read-report.ts';
import type { Report, ReportKeys } from '../../report/model/report.ts';
import { openContentStore } from '../../vault/content-store.ts';
import { fingerprintOf } from '../../vault/signing-key.ts';
import { withHistory } from '../host/history.ts';
import { logVerifier, signingPublicKeys } from '../ledger/keys.ts';
import type { Handler, ReportInput } from '../operations.ts';
import type { ReportFormat, ReportView } from '../views.ts';
import type { Workspace } from '../workspace.ts';
import { writeReport } from './write-report.ts';

/** Makes the report of a mission from its log, while it runs or after, and writes it to a file or hands it over as text. */
export const report: Handler<'report'> = (input, context) =>
  withHistory(context, async ({ log, workspace }): Promise<ReportView> => {
    const store = openContentStore(workspace.dir);
    const made = readReport(input.mission, { log, store, keys: keysOf(workspace) });
    const view: ReportView = { kind: 'Report', ...made };
    if (input.out === '-' && input.format !== 'json') return { ...view, text: await textOf(made, input.format) };
    const path = fileFor(input, { mission: made.mission.id, workspace, cwd: context.cwd });
    if (path === undefined) return view;
    const text = await textOf(made, input.format);
    writeReport(path, text, input);
    return { ...view, written: { path, format: input.format, bytes: Buffer.byteLength(text) } };
  });

/** What each format is called in the workspace. JSON is an answer, and written only to where it is wanted. */
const EXTENSION: Record<Exclude<ReportFormat, 'json'>, string> = { html: '.html', trace: '.trace.json' };

function fileFor(
  { out, format }: ReportInput,
  { mission, workspace, cwd }: { mission: string; workspace: Workspace; cwd: string },
): string | undefined {
  if (out !== undefined && out !== '-') return resolve(cwd, out);
  return format === 'json' ? undefined : join(workspace.dir, 'reports', `${mission}${EXTENSION[format]}`);
}

async function textOf(made: Report, format: ReportFormat): Promise<string> {
  if (format === 'html') return (await import('../../report/html/page.ts')).reportPage(made);
  if (format === 'trace') return (await import('../../report/trace/chrome-trace.ts')).chromeTrace(made);
  return `${JSON.stringify({ apiVersion: 'agentnexus.dev/v1', kind: 'Report', ...made }, null, 2)}\n`;
}

/** The public keys that the workspace has; a report says so where one is missing. */
function keysOf(workspace: Workspace): ReportKeys {
  return {
    log: orNothing(() => formatVkey(logVerifier(workspace)), null),
    signing: orNothing(() => signingPublicKeys(workspace).map((pem): Digest => fingerprintOf(createPublicKey(pem))), []),
  };
}

function orNothing<T>(read: () => T, nothing: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof NexusError && error.code === 'KEY_UNUSABLE') return nothing;
    throw error;
  }
}
