import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import { messageOf, NexusError } from '../base/errors.ts';
import type { QaRunView } from '../runtime/app/judging/qa-view.ts';
import { QA_FORMATS, type QaFormat } from './render/qa-reports.ts';

/** A file that a result is to be written to. */
export interface ReportFile {
  format: QaFormat;
  path: string;
}

/** `--report`: with `=` a file to write, with `:` one that a command leaves. Throws `USAGE`. */
export function splitReports(items: readonly string[]): { left: string[]; written: ReportFile[] } {
  const left = items.filter((item) => !/^[a-z]+=/.test(item));
  const written = items.filter((item) => !left.includes(item)).map(reportFile);
  return { left, written };
}

function reportFile(item: string): ReportFile {
  const at = item.indexOf('=');
  const [format, path] = [item.slice(0, at), item.slice(at + 1)];
  if (isFormat(format) && path !== '') return { format, path };
  throw new NexusError('USAGE', `--report takes FORMAT=FILE, not ${item}.`, {
    hint: `FORMAT is one of ${Object.keys(QA_FORMATS).join(', ')}; FORMAT:PATH names what --command leaves.`,
  });
}

function isFormat(text: string): text is QaFormat {
  return Object.hasOwn(QA_FORMATS, text);
}

/** Writes them, over what is there. Throws `REPORT_UNWRITABLE`. */
export function writeReports(
  files: readonly ReportFile[],
  view: QaRunView,
  { cwd, version }: { cwd: string; version: string },
): void {
  for (const { format, path } of files) {
    const target = resolve(cwd, path);
    try {
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, QA_FORMATS[format](view, version));
    } catch (error) {
      throw new NexusError('REPORT_UNWRITABLE', `Cannot write ${target}: ${messageOf(error)}`, {
        hint: 'Name a file where you may write.',
        details: { path: target },
        cause: error,
      });
    }
  }
}
