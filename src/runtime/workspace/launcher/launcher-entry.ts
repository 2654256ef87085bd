/**
 * A small process that runs commands for a large one: orders on stdin, answers on stdout, as `message.ts` has them. To start a process is to copy the one
 * that starts it, page by page. When stdin ends, whoever gave the orders is gone, however that came about: all that runs is killed.
 */
import { lineSplitter } from '../capped-output.ts';
import type { Answer, Order } from './message.ts';
import { runHere } from './run-here.ts';

const running = new Map<number, AbortController>();

const orders = lineSplitter((line) => {
  const order = JSON.parse(line) as Order;
  if ('abort' in order) running.get(order.id)?.abort();
  else void run(order);
}, Number.POSITIVE_INFINITY);

process.stdin.setEncoding('utf8').on('data', (text: string) => orders.add(text));
process.stdin.once('close', () => {
  for (const abort of running.values()) abort.abort();
});
// Nobody is there to hear it.
process.stdout.on('error', () => undefined);

async function run({ id, command }: Extract<Order, { command: unknown }>): Promise<void> {
  const abort = new AbortController();
  running.set(id, abort);
  const answer = await runHere(command, abort.signal);
  running.delete(id);
  say({ id, ...answer });
}

function say(answer: Answer): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
