import { NexusError } from '../../base/errors.ts';
import { cleanEnvironment, runProcess } from './process.ts';

const FORMATS = { cyclonedx: 'cyclonedx-json', spdx: 'spdx-json' } as const;
const TIMEOUT = 300_000;
const LIMIT = 64 * 2 ** 20;

/** The SBOM of a folder by Syft, which is looked for on the user's PATH. It is told to look nothing up. Throws `TOOL_MISSING`. */
export async function runSyft(
  folder: string,
  { format, home, path }: { format: keyof typeof FORMATS; home: string; path: string },
): Promise<string> {
  const env = { ...cleanEnvironment(home), PATH: path, SYFT_CHECK_FOR_APP_UPDATE: 'false' };
  const options = { cwd: folder, env, timeoutMs: TIMEOUT, outputLimit: LIMIT };
  const result = await runProcess(['syft', 'scan', 'dir:.', '--quiet', '--output', FORMATS[format]], options);
  if (result.ended === 'exited' && result.code === 0 && !result.truncated) return result.stdout;
  throw new NexusError('TOOL_MISSING', `Syft failed: ${result.stderr.trim().split('\n').at(-1) ?? result.ended}.`, {
    hint: 'Leave --syft out: the built-in document needs no tool.',
  });
}
