import { messageOf, NexusError } from '../base/errors.ts';
import type { OutputMode } from './command-line.ts';
import { API_VERSION, documentText, type ErrorDocument, eventText } from './document.ts';
import { renderError } from './render/error.ts';
import { openScreen } from './screen.ts';
import { isOclifError, usageError } from './usage-error.ts';
import { writeCrashReport } from './crash-report.ts';
import { printableData } from './printable.ts';

export interface ErrorContext {
  mode: OutputMode;
  color: boolean;
  /** The command's name, for the hint and the defect report. */
  command: string;
}

/** Prints whatever ended a command, once, and returns the exit code of `docs/cli.md`. */
export async function reportError(error: unknown, context: ErrorContext): Promise<number> {
  const silent = exitOf(error);
  if (silent !== undefined) return silent;
  const known = asNexusError(error, context.command);
  const report = documentOf(known);
  if (context.mode === 'document') process.stdout.write(documentText(report));
  if (context.mode === 'events') process.stdout.write(eventText({ type: 'error', data: { apiVersion: API_VERSION, ...report } }));
  if (context.mode === 'text')
    process.stderr.write(renderError(printableData(report), await openScreen(process.stderr, context)));
  return known.exitCode;
}

function documentOf({ code, message, hint, details }: NexusError): ErrorDocument {
  return { kind: 'Error', code, message, ...(hint === undefined ? {} : { hint }), ...(details === undefined ? {} : { details }) };
}

/** The code of `this.exit(n)`, which has already said what there is to say. */
function exitOf(error: unknown): number | undefined {
  return isOclifError(error) && 'code' in error && error.code === 'EEXIT' ? error.oclif.exit : undefined;
}

function asNexusError(error: unknown, command: string): NexusError {
  if (error instanceof NexusError && error.exitCode !== 70) return error;
  if (isOclifError(error)) return usageError(error, command);
  const report = writeCrashReport(error, command);
  return new NexusError(error instanceof NexusError ? error.code : 'INTERNAL', messageOf(error), {
    hint: `This is a defect of ours. ${report === undefined ? 'Please report it.' : `Please report it with ${report}, which says where it happened.`}`,
    details: { ...(error instanceof NexusError ? error.details : {}), ...(report === undefined ? {} : { report }) },
    cause: error,
  });
}
