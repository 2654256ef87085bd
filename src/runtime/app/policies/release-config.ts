import { NexusError } from '../../../base/errors.ts';
import type { ReleaseSetting } from '../../mission/settings.ts';
import type { Configuration } from '../source/configuration.ts';

interface ReleaseConfig {
  policy?: string;
  engine?: ReleaseSetting['engine'];
  key?: string;
}

/**
 * What the configuration beside a bundle says of releases. It lies in a repository, which may be anybody's: it can ask for more than the gate's own rules
 * ask, and cannot name a server that evidence would be sent to. Throws `CONFIG_INVALID`.
 */
export async function releaseConfig(config: Configuration): Promise<ReleaseConfig | undefined> {
  const { release } = await config.sections<{ release: ReleaseConfig }>(['release'], ({ path, message }) =>
    invalid(config.path, `${path}: ${message}`),
  );
  if (/^[a-z]+:\/\//i.test(release?.policy ?? '')) throw invalid(config.path, 'a server can only be named by --release-policy');
  return release;
}

function invalid(file: string, why: string): NexusError {
  return new NexusError('CONFIG_INVALID', `${file}: ${why}.`, {
    hint: 'docs/release-policy.md says what stands under `release`.',
    details: { file },
  });
}
