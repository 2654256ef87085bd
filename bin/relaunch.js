import { spawn } from 'node:child_process';

/**
 * Runs this same command line under another Node and ends as it ends. The channel lets the child notice our death.
 *
 * @param {string} node
 * @param {readonly string[]} flags
 * @param {NodeJS.ProcessEnv} env
 */
export function runAs(node, flags, env) {
  const child = spawn(node, [...flags, ...process.argv.slice(1)], { env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  child.channel?.unref();

  // A terminal sends Ctrl-C to both of us; sent by `kill`, only we hear it.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));

  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 70);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
  child.on('error', (error) => {
    process.stderr.write(`error[TOOL_MISSING]: Cannot start ${node}: ${error.message}\n`);
    process.exit(4);
  });
}
