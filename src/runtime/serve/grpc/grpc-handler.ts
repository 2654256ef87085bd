import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';

import type { Counter } from '../counter.ts';
import { MissionService } from './generated/agentnexus/v1/mission_service_pb.ts';
import { OperationService } from './generated/agentnexus/v1/operation_service_pb.ts';
import { SpecificationService } from './generated/agentnexus/v1/specification_service_pb.ts';
import { Health, HealthCheckResponse_ServingStatus } from './generated/grpc/health/v1/health_pb.ts';
import { SessionService } from './generated/workspace/session_service_pb.ts';
import { missionService } from './mission-service.ts';
import { operationService } from './operation-service.ts';
import { reflection } from './reflection.ts';
import { sessionService } from './session-service.ts';
import { specificationService } from './specification-service.ts';

/** Of HTTP/1.1 and HTTP/2. */
export type HttpHandler = ReturnType<typeof connectNodeAdapter>;

const SERVICES = [SessionService, MissionService, OperationService, SpecificationService, Health];

/** Bytes of one message, as gRPC has it by default, and the longest that a call may ask to be waited for. */
const MESSAGE = 4_194_304;
const DEADLINE = 86_400_000;

/** Calls of gRPC, gRPC-Web and Connect; every other request goes to `fallback`. */
export function grpcHandler(counter: Counter, { fallback, stop }: { fallback: HttpHandler; stop: AbortSignal }): HttpHandler {
  return connectNodeAdapter({
    routes(router) {
      sessionService(router, counter, stop);
      missionService(router, counter, stop);
      operationService(router, counter);
      specificationService(router, counter);
      health(router, stop);
      reflection(router, SERVICES);
    },
    fallback,
    shutdownSignal: stop,
    readMaxBytes: MESSAGE,
    maxTimeoutMs: DEADLINE,
  });
}

/** The health checking protocol of gRPC. */
function health(router: ConnectRouter, stop: AbortSignal): void {
  const names = new Set(['', ...SERVICES.map(({ typeName }) => typeName)]);
  const status = HealthCheckResponse_ServingStatus.SERVING;
  router.service(Health, {
    check({ service }) {
      if (!names.has(service)) throw new ConnectError(`There is no service ${service}.`, Code.NotFound);
      return { status };
    },
    async *watch({ service }, { signal }) {
      yield { status: names.has(service) ? status : HealthCheckResponse_ServingStatus.SERVICE_UNKNOWN };
      const over = AbortSignal.any([signal, stop]);
      if (!over.aborted) await new Promise((end) => over.addEventListener('abort', end, { once: true }));
    },
  });
}
