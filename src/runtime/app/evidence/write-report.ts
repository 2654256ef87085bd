import { closeSync, lstatSync, openSync, readSync } from 'node:fs';

import { writeDurably } from '../../../base/durable-file.ts';
import { messageOf, NexusError } from '../../../base/errors.ts';
import { PAGE_HEAD } from '../../report/html/page-head.ts';
import { TRACE_HEAD } from '../../report/trace/trace-head.ts';

/** How the files that we write begin; the last is JSON. */
const HEADS = [PAGE_HEAD, TRACE_HEAD, '{\n  "apiVersion": "agentnexus.dev/v1",\n  "kind": "Report",\n'];

/** Writes a report, over an earlier one if there is one. Throws `REPORT_EXISTS` where the file is something else, or `REPORT_UNWRITABLE`. */
export function writeReport(path: string, text: string, { force = false }: { force?: boolean }): void {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found !== undefined && !found.isFile()) throw unwritable(path, 'it is there, and is no file');
    if (found !== undefined && !force && !isOurs(path)) throw exists(path);
    writeDurably(path, text);
  } catch (error) {
    if (error instanceof NexusError && error.code.startsWith('REPORT_')) throw error;
    throw unwritable(path, messageOf(error), error);
  }
}

/** Whether a file is empty, or begins as reports begin. */
function isOurs(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(Math.max(...HEADS.map((head) => head.length)));
    const length = readSync(file, start, 0, start.length, 0);
    const text = start.toString('utf8', 0, length);
    return length === 0 || HEADS.some((head) => text.startsWith(head));
  } finally {
    closeSync(file);
  }
}

function exists(path: string): NexusError {
  return new NexusError('REPORT_EXISTS', `${path} is there already, and is no report.`, {
    hint: 'Choose another name, or replace the file with --force.',
    details: { path },
  });
}

function unwritable(path: string, why: string, cause?: unknown): NexusError {
  return new NexusError('REPORT_UNWRITABLE', `Cannot write ${path}: ${why}`, {
    hint: 'Name a file where you may write, or print the report with --out -.',
    details: { path },
    cause,
  });
}
