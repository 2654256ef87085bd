// A Restate service whose one handler is a chain of `ctx.run`, one durable step after another. A process of its own:
// `restate-entry.ts FOLDER`, where FOLDER has the SDK; prints the port that it listens on at the loopback address.
import { createServer } from 'node:http2';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What is used of `@restatedev/restate-sdk`. */
interface Restate {
  service(definition: { name: string; handlers: Record<string, Handler> }): unknown;
  createEndpointHandler(options: { services: unknown[] }): Parameters<typeof createServer>[1];
}
type Handler = (context: Context, input: { steps: number }) => Promise<unknown>;
interface Context {
  run(name: string, step: () => unknown): Promise<unknown>;
}

const [, , folder = ''] = process.argv;
const restate = createRequire(join(folder, 'package.json'))('@restatedev/restate-sdk') as Restate;

const run: Handler = async (context, { steps }) => {
  const start = performance.now();
  for (let step = 0; step < steps; step++) await context.run(`step-${step}`, () => ({ result: 'succeeded', step }));
  return performance.now() - start;
};

const services = [restate.service({ name: 'chain', handlers: { run } })];
const server = createServer({}, restate.createEndpointHandler({ services }));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') process.stdout.write(`${address.port}\n`);
});
