import type { ConnectRouter } from '@connectrpc/connect';

import { NexusError } from '../../../base/errors.ts';
import type { JsonObject, JsonValue } from '../../../base/json.ts';
import { CONTRACTS } from '../../app/operation-contracts.ts';
import type { Counter, Request } from '../counter.ts';
import { type Route, routeOf, ROUTES } from '../routes.ts';
import { type CallOperationRequest, OperationService } from './generated/agentnexus/v1/operation_service_pb.ts';
import { struct } from './message.ts';
import { caller, unary } from './rpc.ts';

/** `agentnexus.v1.OperationService`: every operation that REST has, by its name. */
export function operationService(router: ConnectRouter, counter: Counter): void {
  router.service(OperationService, {
    listOperations: unary(counter, () => ({
      operations: [APPLY, ...ROUTES.filter((route) => routeOf(route.operation) === route)].map(({ operation, summary }) => {
        const { scope, output } = CONTRACTS[operation];
        return { name: operation, summary, scope, output };
      }),
    })),
    callOperation: unary(counter, async ({ operation, input = {} }: CallOperationRequest, context) => {
      const route = ROUTES.find((each) => each.operation === operation);
      if (route === undefined && operation !== APPLY.operation) throw unknownOperation(operation);
      if (route === undefined) {
        const who = await caller(counter, { scope: CONTRACTS.apply.scope, operation: 'apply' }, context);
        return { document: struct((await counter.submit(input, { key: undefined, who })).text) };
      }
      const asked = requestOf(route, input);
      const { mission } = asked.params;
      const who = await caller(
        counter,
        { scope: CONTRACTS[route.operation].scope, operation: route.operation, mission },
        context,
      );
      const { text } = await counter.perform(route, asked, who);
      return { document: struct(text) };
    }),
  });
}

const APPLY = { operation: 'apply', summary: 'Begin a mission, or join the one that does just this.' } as const;

/** One object as the path, the query and the body that a request over HTTP would have. */
function requestOf({ path }: Route, input: JsonObject): Request {
  const names = new Set([...path.matchAll(/:(\w+)/g)].map(([, name]) => name));
  const inPath = Object.entries(input).filter(([name]) => names.has(name));
  const others = Object.entries(input).filter(([name]) => !names.has(name));
  return {
    params: Object.fromEntries(inPath.map(([name, value]) => [name, textOf(value)])),
    query: Object.fromEntries(others.map(([name, value]) => [name, Array.isArray(value) ? value.map(textOf) : textOf(value)])),
    body: Object.fromEntries(others),
  };
}

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

function unknownOperation(name: string): NexusError {
  return new NexusError('NOT_FOUND', `There is no operation \`${name}\` here.`, {
    hint: '`ListOperations` has their names; some are only for whoever sits at the machine.',
  });
}
