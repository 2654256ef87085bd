import { Command } from 'commander';

import { NexusError } from '../../base/errors.ts';
import { PRODUCT_VERSION } from '../../base/version.ts';

/** The `agentnexus` command line: what runs for others. Returns the exit code. `root` is the package's folder. */
export async function main(argv: readonly string[], root: string): Promise<number> {
  let code = 0;
  const program = new Command('agentnexus')
    .description('The control plane of AgentNexus: the same engine as `spec-kit`, for others.')
    .version(PRODUCT_VERSION)
    .exitOverride();
  program
    .command('serve')
    .description('Serve a workspace as REST, server-sent events, WebSocket and gRPC.')
    .option('--workspace <dir>', 'workspace folder; default AGENTNEXUS_HOME, else .agentnexus beside the repository root')
    .option('--config <file>', 'configuration; default serve/agentnexus.yaml in the workspace')
    .option('--host <address>', 'address to listen at; default 127.0.0.1')
    .option('--port <number>', 'port; 0: any that is free; default 4300')
    .option('--jobs <number>', 'tasks at once; ten, or two more than there are processors, unless said')
    .option('--rate-limit <number>', 'requests a second for each who asks; 0: any number', '5000')
    .option('--tls-cert <file>', 'certificate chain, PEM')
    .option('--tls-key <file>', 'private key, PEM')
    .option('--public-ledger', 'anybody may read the log as tiles and record signatures in it')
    .option('--behind-proxy', 'listen in the clear away from loopback: something in front does TLS')
    .action(async (options: Record<string, string | boolean | undefined>) => {
      const { runServer } = await import('./run-server.ts');
      await runServer(options, root);
    });
  program
    .command('probe')
    .description('Run a synthetic mission again and again: it must end in verified evidence.')
    .option('--workspace <dir>', 'workspace folder; default AGENTNEXUS_HOME, else .agentnexus beside the repository root')
    .option('--url <address>', 'have it done by the control plane there')
    .option('--token-file <file>', 'its token; it needs the scope missions:write')
    .option('--every <time>', 'how often', '1h')
    .option('--once', 'once; exit with 1 if it fails')
    .option('--metrics <file>', 'tell the result to a file of metrics (node_exporter, textfile collector)')
    .option('--push <address>', 'tell the result to a Pushgateway')
    .action(async (options: Record<string, string | boolean | undefined>) => {
      const { runProbe } = await import('./run-probe.ts');
      code = await runProbe(options);
    });
  program
    .command('worker')
    .description('Do tasks of a control plane on this machine.')
    .option('--url <address>', 'the control plane')
    .option('--token-file <file>', 'a token with the scope tasks:perform; read each time, so that it can be renewed')
    .option('--pool <name>', 'whose tasks: a pool of the configuration of the control plane')
    .option('--jobs <number>', 'tasks at once', '1')
    .option('--dir <folder>', 'folder of this worker alone; default ~/.cache/agentnexus/worker')
    .option('--cache-size <size>', 'contents that are kept for the next task: 500M, 20GiB', '10GiB')
    .option('--unsafe-no-sandbox', 'also do what would run without walls')
    .action(async (options: Record<string, string | boolean | undefined>) => {
      const { runWorker } = await import('./worker/run-worker.ts');
      await runWorker(options);
    });
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    code = report(error);
  }
  return code;
}

function report(error: unknown): number {
  if (error instanceof NexusError) {
    const hint = error.hint === undefined ? '' : `hint: ${error.hint}\n`;
    process.stderr.write(`error[${error.code}]: ${error.message}\n${hint}`);
    return error.exitCode;
  }
  // Commander has said by now what is wrong with the call.
  if (error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number') return error.exitCode === 0 ? 0 : 2;
  process.stderr.write(`error[INTERNAL]: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 70;
}
