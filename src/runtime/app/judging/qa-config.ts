import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { NexusError } from '../../../base/errors.ts';
import { CONFIG_FILE } from '../../../spec/levels/level-rules.ts';
import type { ProductSuite } from '../../mission/settings.ts';
import type { ContractPromise } from '../../qa/contracts/contract-suite.ts';
import type { QaPolicy } from '../../qa/policy.ts';
import type { Probe } from '../../qa/probes/probe.ts';
import { Configuration } from '../source/configuration.ts';
import { checkQaConfig } from './qa-config-check.ts';

/** The `qa` section of `.agentnexus.yaml`. */
export interface QaConfig {
  /** The least that is asked for, and what findings count as. */
  policy?: QaPolicy;
  /** Commands that judge the project, and the reports that they leave. */
  commands?: { run: string; reports: string[] }[];
  /** Contracts, and what is promised of them. */
  contracts?: ContractPromise[];
  /** Suites of ours that judge what a mission has made. */
  suites?: ProductSuite[];
  /** Tests that agents do not see: where they lie, seen from the file, and what stands for them. */
  heldOut?: { tests: string; at?: string; requirement: string; title?: string }[];
  /** What is asked of something that runs. */
  probes?: Probe[];
  /** The OpenAPI document of the service, and where it listens. */
  api?: { document?: string; url?: string };
}

/** Reads it from a project's folder; empty where there is none. Throws `CONFIG_INVALID`. */
export async function readQaConfig(folder: string): Promise<QaConfig> {
  const path = join(folder, CONFIG_FILE);
  if (!existsSync(path)) return {};
  const text = readFileSync(path, 'utf8');
  return qaConfigIn(new Configuration({ path, text, folder: '', isLocal: true }));
}

/** Reads it from a configuration. Throws `CONFIG_INVALID`. */
export async function qaConfigIn(config: Configuration): Promise<QaConfig> {
  const section = await config.said('qa');
  if (section === undefined || section === null) return {};
  const checked = checkQaConfig(section);
  if (checked.valid) return section;
  const [first] = checked.errors;
  throw new NexusError('CONFIG_INVALID', `\`qa${first?.path.replaceAll('/', '.') ?? ''}\` ${first?.message ?? 'is wrong'}.`, {
    hint: 'docs/qa.md says what can be set.',
    details: { file: config.path, faults: checked.errors },
  });
}
