import { Code, ConnectError } from '@connectrpc/connect';

import { NexusError } from '../../../base/errors.ts';
import type { Counter } from '../counter.ts';
import { BadRequestSchema, ErrorInfoSchema } from './generated/google/rpc/error_details_pb.ts';

/** The status of HTTP that says the same. */
const CODES: Readonly<Record<number, Code>> = {
  400: Code.InvalidArgument,
  401: Code.Unauthenticated,
  403: Code.PermissionDenied,
  404: Code.NotFound,
  409: Code.FailedPrecondition,
  413: Code.ResourceExhausted,
  422: Code.InvalidArgument,
  429: Code.ResourceExhausted,
  501: Code.Unimplemented,
  503: Code.Unavailable,
  507: Code.ResourceExhausted,
};

const DOMAIN = 'agentnexus.dev';

/** Header of the answer that has the error code, for clients that read no details. */
const CODE_HEADER = 'agentnexus-code';

/** Anything thrown, as a status of gRPC. Its details are `google.rpc.ErrorInfo`, the reason being our code, and `google.rpc.BadRequest`. */
export function rpcError(error: unknown, counter: Counter): ConnectError {
  if (error instanceof ConnectError) return error;
  const { title, status, code, hint, errors = [] } = counter.problemOf(error, '');
  const info = { reason: code, domain: DOMAIN, metadata: hint === undefined ? {} : { hint } };
  const violations = errors.map(({ pointer, detail }) => ({ field: pointer, description: detail }));
  const details = [
    { desc: ErrorInfoSchema, value: info },
    ...(violations.length === 0 ? [] : [{ desc: BadRequestSchema, value: { fieldViolations: violations } }]),
  ];
  const cause = error instanceof NexusError ? undefined : error;
  return new ConnectError(title, CODES[status] ?? Code.Internal, { [CODE_HEADER]: code }, details, cause);
}
