// A DBOS workflow that is a chain of `runStep`. A process of its own: `dbos-entry.ts FOLDER URL`, where FOLDER has the SDK and URL is
// PostgreSQL's; each line of input is a number of steps, answered by the milliseconds that the chain took.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

type Workflow = (steps: number) => Promise<number>;

/** What is used of `@dbos-inc/dbos-sdk`. */
interface Dbos {
  setConfig(config: { name: string; systemDatabaseUrl: string; logLevel: string; runAdminServer: boolean }): void;
  registerWorkflow(workflow: Workflow, options: { name: string }): Workflow;
  runStep(step: () => Promise<unknown>, options: { name: string }): Promise<unknown>;
  launch(): Promise<void>;
  shutdown(): Promise<void>;
}

const [, , folder = '', systemDatabaseUrl = ''] = process.argv;
const { DBOS } = createRequire(join(folder, 'package.json'))('@dbos-inc/dbos-sdk') as { DBOS: Dbos };

const chain = DBOS.registerWorkflow(
  async (steps) => {
    const start = performance.now();
    for (let step = 0; step < steps; step++) {
      await DBOS.runStep(async () => ({ result: 'succeeded', step }), { name: `step-${step}` });
    }
    return performance.now() - start;
  },
  { name: 'chain' },
);

DBOS.setConfig({ name: 'bench', systemDatabaseUrl, logLevel: 'error', runAdminServer: false });
await DBOS.launch();
process.stdout.write('ready\n');
for await (const line of createInterface(process.stdin)) process.stdout.write(`${await chain(Number(line))}\n`);
await DBOS.shutdown();
