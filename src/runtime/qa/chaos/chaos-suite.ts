import { setTimeout as pause } from 'node:timers/promises';

import { messageOf, NexusError } from '../../../base/errors.ts';
import { milliseconds, type Probe, type ProbePlace, type ProbeResult, runProbe } from '../probes/probe.ts';
import type { Finding } from '../report.ts';
import { noResult, type SuiteResult } from '../suite-result.ts';
import { type Experiment, type Fault, faultOfFile, readExperiment } from './experiment.ts';
import { ExperimentProcess } from './experiment-process.ts';
import { FaultProxy, type NetworkFault } from './fault-proxy.ts';

/** The files that hold experiments. */
export const EXPERIMENTS = /(?:^|\/)chaos\/experiments\/[^/]+\.ya?ml$/;

interface Named {
  path: string;
  experiment: Experiment;
}

/**
 * Runs experiments one after the other: all must be steady before, hold what they promise under the faults, and be steady again after. Whatever happens, faults are undone,
 * proxies closed and processes ended. All files are read before anything is done. Throws `NOT_BUILT`, `INTERRUPTED`.
 */
export async function runChaos(files: readonly { path: string; text: string }[], place: ProbePlace): Promise<SuiteResult> {
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
  for (const named of experiments) await runExperiment(named, place, result);
  return result;
}

async function runExperiment({ path, experiment }: Named, place: ProbePlace, result: SuiteResult): Promise<void> {
  const stage = new Stage(experiment, place);
  const findings: Finding[] = [];
  const fail = (message: string) => findings.push({ code: 'QA_CHAOS', path, message: `${experiment.name}: ${message}` });
  try {
    await stage.set();
    const before = await asked(experiment.steady, place);
    if (before.some(({ passed }) => !passed)) fail(`it is not steady before; nothing was done. ${told(before)}`);
    else await disturbed(experiment, { stage, place, fail });
  } catch (error) {
    if (error instanceof NexusError && error.code === 'INTERRUPTED') throw error;
    fail(messageOf(error));
  } finally {
    for (const fault of await stage.clear()) fail(fault);
  }
  (findings.length === 0 ? result.passed : result.failed).push(experiment.name);
  result.findings.push(...findings);
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

/** What an experiment has set up and disturbed, to be put back. */
class Stage {
  readonly #experiment: Experiment;
  readonly #processes: Map<string, ExperimentProcess>;
  readonly #proxies: Map<string, FaultProxy>;
  #undo: (() => Promise<void> | void)[] = [];

  constructor(experiment: Experiment, place: ProbePlace) {
    this.#experiment = experiment;
    this.#processes = new Map((experiment.processes ?? []).map((each) => [each.name, new ExperimentProcess(each, place)]));
    this.#proxies = new Map(
      (experiment.proxies ?? []).map(({ name, host = '127.0.0.1', ...route }) => [name, new FaultProxy({ ...route, host })]),
    );
  }

  async set(): Promise<void> {
    for (const proxy of this.#proxies.values()) await proxy.open();
    for (const each of this.#processes.values()) await each.start();
  }

  async disturb(): Promise<void> {
    for (const fault of this.#experiment.faults) await this.#disturb(fault);
  }

  /** Puts everything back, the last first; each is tried, whatever becomes of the others. Throws the first error. */
  async undo(): Promise<void> {
    const errors = await this.#undoAll();
    if (errors.length > 0) throw new Error(`a fault could not be undone: ${errors.join('; ')}`);
  }

  /** Undoes what is left, and ends all that was started; says what could not be. */
  async clear(): Promise<string[]> {
    const errors = await this.#undoAll();
    for (const each of [...this.#processes.values()].map((process) => process.kill()))
      await each.catch((error: unknown) => errors.push(messageOf(error)));
    for (const proxy of this.#proxies.values()) await proxy.close().catch((error: unknown) => errors.push(messageOf(error)));
    return errors;
  }

  async #undoAll(): Promise<string[]> {
    const errors: string[] = [];
    const steps = this.#undo.toReversed();
    this.#undo = [];
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        errors.push(messageOf(error));
      }
    }
    return errors;
  }

  async #disturb(fault: Fault): Promise<void> {
    const proxy = fault.proxy === undefined ? undefined : this.#proxies.get(fault.proxy);
    const process = fault.process === undefined ? undefined : this.#processes.get(fault.process);
    if (proxy !== undefined) {
      this.#undo.push(() => proxy.set({}));
      proxy.set(networkFault(fault));
    }
    if (process !== undefined && fault.stop === true) {
      this.#undo.push(() => process.resume());
      process.suspend();
    }
    if (process !== undefined && fault.kill === true) {
      this.#undo.push(() => process.start());
      await process.kill();
    }
  }
}

function networkFault({ latency, cut, resetAfter, bandwidth }: Fault): NetworkFault {
  return {
    ...(latency !== undefined && { latencyMs: milliseconds(latency) }),
    ...(cut !== undefined && { cut }),
    ...(resetAfter !== undefined && { resetAfter }),
    ...(bandwidth !== undefined && { bandwidth }),
  };
}
