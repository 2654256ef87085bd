import { setTimeout as pause } from 'node:timers/promises';

import { messageOf, NexusError } from '../../../base/errors.ts';
import { milliseconds, type Probe, type ProbePlace, type ProbeResult, runProbe } from '../probes/probe.ts';
import type { Finding } from '../report.ts';
import { noResult, type SuiteResult } from '../suite-result.ts';
import { type Experiment, faultOfFile, readExperiment } from './experiment.ts';
import { type ChaosPlace, Stage } from './stage.ts';

/** The files that hold experiments. */
export const EXPERIMENTS = /(?:^|\/)chaos\/experiments\/[^/]+\.ya?ml$/;

interface Named {
  path: string;
  experiment: Experiment;
}

/**
 * Runs experiments one after the other: all must be steady before, hold what they promise under the faults, and be steady again after. Whatever happens, faults are undone,
 * proxies closed and processes ended. All files are read before anything is done. Throws `INTERRUPTED`.
 */
export async function runChaos(files: readonly { path: string; text: string }[], place: ChaosPlace): Promise<SuiteResult> {
  const result = noResult();
  const experiments = files.flatMap(({ path, text }): Named[] => {
    try {
      return [{ path, experiment: readExperiment(text) }];
    } catch (error) {
      result.findings.push({ code: 'QA_DOCUMENT', path, message: `It is no experiment: ${faultOfFile(error)}` });
      return [];
    }
  });
  if (files.length === 0) result.findings.push({ code: 'QA_NO_TESTS', message: 'There is no experiment in chaos/experiments.' });
  for (const { experiment } of experiments) refuseCluster(experiment, place);
  for (const named of experiments) await runExperiment(named, place, result);
  return result;
}

/** A cluster is nobody's own: somebody must have said outright what of it may be disturbed. Throws `USAGE`. */
function refuseCluster({ name, faults }: Experiment, { cluster }: ChaosPlace): void {
  const wanted = faults.flatMap((fault) => fault.cluster?.namespace ?? []);
  const stray = wanted.find((namespace) => cluster?.namespaces.includes(namespace) !== true);
  if (stray === undefined) return;
  throw new NexusError(
    'USAGE',
    `The experiment \`${name}\` disturbs the namespace ${stray} of a cluster, which nobody has allowed.`,
    {
      hint: `Say \`--allow-namespace ${stray}\`, or leave the file out.`,
    },
  );
}

async function runExperiment({ path, experiment }: Named, place: ChaosPlace, result: SuiteResult): Promise<void> {
  let stage: Stage | undefined;
  const findings: Finding[] = [];
  const fail = (message: string) => findings.push({ code: 'QA_CHAOS', path, message: `${experiment.name}: ${message}` });
  try {
    stage = new Stage(experiment, place);
    await stage.set();
    const before = await asked(experiment.steady, place);
    if (before.some(({ passed }) => !passed)) fail(`it is not steady before; nothing was done. ${told(before)}`);
    else await disturbed(experiment, { stage, place, fail });
  } catch (error) {
    if (error instanceof NexusError && error.code === 'INTERRUPTED') throw error;
    fail(messageOf(error));
  } finally {
    for (const fault of (await stage?.clear()) ?? []) fail(fault);
  }
  (findings.length === 0 ? result.passed : result.failed).push(experiment.name);
  const notes = stage?.notes ?? [];
  result.findings.push(
    ...findings,
    ...notes.map((note): Finding => ({ code: 'QA_CHAOS', level: 'note', path, message: `${experiment.name}: ${note}` })),
  );
}

async function disturbed(
  { steady, during = steady, settle = '500ms', recover = '10s' }: Experiment,
  { stage, place, fail }: { stage: Stage; place: ProbePlace; fail: (message: string) => void },
): Promise<void> {
  try {
    await stage.disturb();
    await pause(milliseconds(settle));
    const under = await asked(during, place);
    if (under.some(({ passed }) => !passed)) fail(`under the faults, ${told(under)}`);
  } finally {
    await stage.undo();
  }
  const end = performance.now() + milliseconds(recover);
  let after = await asked(steady, place);
  while (after.some(({ passed }) => !passed) && performance.now() < end) {
    await pause(milliseconds(settle));
    after = await asked(steady, place);
  }
  if (after.some(({ passed }) => !passed)) fail(`it is not steady again within ${recover}. ${told(after)}`);
}

async function asked(probes: readonly Probe[], place: ProbePlace): Promise<ProbeResult[]> {
  return Promise.all(probes.map((probe) => runProbe(probe, place)));
}

function told(results: readonly ProbeResult[]): string {
  const wrong = results.filter(({ passed }) => !passed);
  return wrong
    .map(({ name, samples, share }) => {
      const fault = samples.find((each) => each.fault !== undefined)?.fault ?? '';
      return `\`${name}\` was right in ${Math.round(share * 100)} % of ${samples.length} samples: ${fault}`;
    })
    .join(' ');
}
