import { NexusError } from '../../base/errors.ts';
import type { ReleaseSetting } from '../mission/settings.ts';
import { configSection } from './config-section.ts';
import { localConfig } from './open-source.ts';
import type { CallContext } from './operations.ts';

interface ReleaseConfig {
  policy?: string;
  engine?: ReleaseSetting['engine'];
  key?: string;
  /** The file that says so. */
  file: string;
}

/**
 * What the configuration beside a bundle says of releases. It lies in a repository, which may be anybody's: it can ask for more than the gate's own rules
 * ask, and cannot name a server that evidence would be sent to. Throws `CONFIG_INVALID`.
 */
export async function releaseConfig(
  bundle: string | undefined,
  context: Pick<CallContext, 'cwd'>,
): Promise<ReleaseConfig | undefined> {
  const config = localConfig(bundle, context);
  if (config === undefined) return undefined;
  const said = await configSection<Omit<ReleaseConfig, 'file'>>(config, 'release', ({ path = '', message = 'it is malformed' }) =>
    invalid(config.path, `${path}: ${message}`),
  );
  if (said === undefined) return undefined;
  if (/^[a-z]+:\/\//i.test(said.policy ?? '')) throw invalid(config.path, 'a server can only be named by --release-policy');
  return { ...said, file: config.path };
}

function invalid(file: string, why: string): NexusError {
  return new NexusError('CONFIG_INVALID', `${file}: ${why}.`, {
    hint: 'docs/release-policy.md says what stands under `release`.',
    details: { file },
  });
}
