import { NexusError } from '../../../base/errors.ts';
import type { ScanSetting } from '../../mission/settings.ts';
import type { Configuration } from '../source/configuration.ts';

/** `off`: not at all, whatever the configuration says. */
export type ScanChoice = ScanSetting['mode'] | 'off';

interface Section {
  scan?: 'offline' | 'off';
  threshold?: ScanSetting['threshold'];
}

/**
 * How a product is looked up for known vulnerabilities, by flag or else by the configuration beside the bundle; not at all where neither says so. The configuration
 * cannot send anything away: it may come from anybody. Throws `CONFIG_INVALID`.
 */
export async function scanTerms(
  flag: ScanChoice | undefined,
  config: Configuration | undefined,
): Promise<ScanSetting | undefined> {
  const { scan, threshold = 'critical' } = await section(config);
  const mode = flag ?? scan ?? 'off';
  return mode === 'off' ? undefined : { mode, threshold };
}

async function section(config: Configuration | undefined): Promise<Section> {
  if (config === undefined) return {};
  const { vulnerabilities = {} } = await config.sections<{ vulnerabilities: Section }>(
    ['vulnerabilities'],
    ({ path, message }) => {
      return new NexusError('CONFIG_INVALID', `${config.path}: ${path}: ${message}.`, {
        hint: 'docs/vulnerabilities.md says what stands under `vulnerabilities`; `online` can only be said by `--scan online`.',
        details: { file: config.path },
      });
    },
  );
  return vulnerabilities;
}

export function isSameScan(a: ScanSetting | undefined, b: ScanSetting | undefined): boolean {
  return a?.mode === b?.mode && a?.threshold === b?.threshold;
}
