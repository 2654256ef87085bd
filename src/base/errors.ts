import { ERROR_CODES, type ErrorCode } from './error-codes.ts';

export interface ErrorOptions {
  /** What the user can do about it; one or two short sentences. */
  hint?: string;
  /** Machine-readable context (file, line, pid, path …); printed under `details` by `--json`. */
  details?: Record<string, unknown>;
  cause?: unknown;
}

/**
 * The one error class of the project. `code` is closed (see `error-codes.ts`, documented in `docs/errors.md`), and decides
 * the exit code; anything else that is thrown is a defect of ours (exit 70).
 */
export class NexusError extends Error {
  override readonly name = 'NexusError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.details = options.details;
  }

  /** Process exit code of `design/cli.md` for this error. */
  get exitCode(): number {
    return ERROR_CODES[this.code].exit;
  }
}

/** The `code` property of Node system errors (`ENOENT`, `ENOSPC`, …), or undefined. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Message of anything thrown, for wrapping into a `NexusError`. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
