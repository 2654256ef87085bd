import type { ConnectRouter } from '@connectrpc/connect';

import { NexusError } from '../../../base/errors.ts';
import { CONTRACTS } from '../../app/operation-contracts.ts';
import type { Counter } from '../counter.ts';
import { requestOf } from '../request-of.ts';
import { routeOf, ROUTES } from '../routes.ts';
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

function unknownOperation(name: string): NexusError {
  return new NexusError('NOT_FOUND', `There is no operation \`${name}\` here.`, {
    hint: '`ListOperations` has their names; some are only for whoever sits at the machine.',
  });
}
