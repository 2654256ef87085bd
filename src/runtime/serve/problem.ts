import type { ErrorCode } from '../../base/error-codes.ts';
import { NexusError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject } from '../../base/json.ts';

/** Problem details of an HTTP API (RFC 9457); `code` is the error code that every face shows. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  instance?: string;
  code: string;
  hint?: string;
  /** Seconds. */
  retryAfter?: number;
  /** As in the example of RFC 9457, section 3. */
  errors?: { pointer: string; detail: string }[];
}

/** Codes whose status does not follow from the exit code. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  NOT_FOUND: 404,
  WORKSPACE_NOT_FOUND: 404,
  NOT_BUILT: 501,
  MISSION_STATE: 409,
  WORKSPACE_LOCKED: 409,
  SPEC_INVALID: 422,
  SPEC_DRIFT: 422,
  PROMPT_INVALID: 422,
  BUNDLE_TOO_LARGE: 413,
  BUNDLE_EMPTY: 422,
  BUNDLE_BINARY: 422,
  BUNDLE_ENCODING: 422,
  BUNDLE_ESCAPE: 422,
  BUNDLE_ARCHIVE: 422,
  AUTH_MISSING: 401,
  AUTH_DENIED: 403,
  IDEMPOTENCY_MISMATCH: 422,
  RATE_LIMITED: 429,
  LEASE_LOST: 409,
  WORKER_REFUSED: 409,
  WORKSPACE_FULL: 507,
};

const BY_EXIT: Readonly<Record<number, number>> = { 1: 409, 2: 400, 3: 409, 4: 503, 70: 500, 130: 503 };

const TYPE_BASE = 'https://agentnexus.dev/errors/';

/** Anything thrown, as a problem. What is no `NexusError` is a defect, and says nothing of itself to the outside. */
export function problemOf(error: unknown, instance: string): Problem {
  if (!(error instanceof NexusError)) {
    const status = statusOfServer(error);
    const code = status === 500 ? 'INTERNAL' : 'USAGE';
    return {
      type: `${TYPE_BASE}${code}`,
      title: status === 500 ? 'A defect of the server.' : messageFor(error),
      status,
      instance,
      code,
    };
  }
  const { code, message, hint, details } = error;
  const faults = faultsIn(details);
  const retryAfter = details?.['retryAfter'];
  return {
    type: `${TYPE_BASE}${code}`,
    title: message,
    status: STATUS[code] ?? BY_EXIT[error.exitCode] ?? 500,
    instance,
    code,
    ...(hint === undefined ? {} : { hint }),
    ...(typeof retryAfter === 'number' ? { retryAfter } : {}),
    ...(faults.length === 0 ? {} : { errors: faults }),
  };
}

/** What the HTTP server itself refuses: a body too large, or of a type that nobody reads. */
function statusOfServer(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

function messageFor(error: unknown): string {
  return error instanceof Error ? error.message : 'The request cannot be read.';
}

/** Schema faults and diagnostics of a specification; the first hundred. */
function faultsIn(details: Record<string, unknown> | undefined): { pointer: string; detail: string }[] {
  const list: unknown[] = [details?.['faults'], details?.['diagnostics']].flatMap((each) => (Array.isArray(each) ? each : []));
  return list.slice(0, 100).flatMap((each) => {
    if (typeof each === 'string') return [{ pointer: '#', detail: each }];
    if (!isJsonObject(each)) return [];
    return [{ pointer: pointerOf(each), detail: typeof each['message'] === 'string' ? each['message'] : '' }];
  });
}

function pointerOf({ path, file, line }: JsonObject): string {
  if (typeof path === 'string') return `#${path}`;
  return typeof file === 'string' ? `${file}:${JSON.stringify(line ?? 0)}` : '#';
}
