import { join } from 'node:path';

import { messageOf } from '../../../base/errors.ts';
import { milliseconds, type ProbePlace } from '../probes/probe.ts';
import { Cluster, type ClusterAccess } from './cluster.ts';
import type { Experiment, Fault } from './experiment.ts';
import { ExperimentProcess, wordsOf } from './experiment-process.ts';
import { FaultProxy, type NetworkFault } from './fault-proxy.ts';
import { ProcessClock, skewOf } from './process-clock.ts';
import { SmallDisk } from './small-disk.ts';

export interface ChaosPlace extends ProbePlace {
  /** A folder outside of the copy. */
  scratch: string;
  /** A cluster that may be disturbed. */
  cluster?: ClusterAccess;
}

/** What an experiment has set up and disturbed, to be put back. */
export class Stage {
  readonly #experiment: Experiment;
  readonly #place: ChaosPlace;
  readonly #processes: Map<string, ExperimentProcess>;
  readonly #proxies: Map<string, FaultProxy>;
  readonly #disks = new Map<Fault, SmallDisk>();
  readonly #clocks = new Map<string, ProcessClock>();
  #cluster: Cluster | undefined;
  #undo: (() => Promise<void> | void)[] = [];
  /** What people should know of how it was done. */
  readonly notes: string[] = [];

  /** Throws an error for people where something it asks for cannot be had here. */
  constructor(experiment: Experiment, place: ChaosPlace) {
    this.#experiment = experiment;
    this.#place = place;
    this.#processes = new Map((experiment.processes ?? []).map((each) => [each.name, this.#prepared(each)]));
    this.#proxies = new Map(
      (experiment.proxies ?? []).map(({ name, host = '127.0.0.1', ...route }) => [name, new FaultProxy({ ...route, host })]),
    );
  }

  #prepared(own: { name: string; run: string; port?: number }): ExperimentProcess {
    const faults = this.#experiment.faults.filter((fault) => fault.process === own.name);
    const scratch = (what: string) => join(this.#place.scratch, `${own.name}-${what}`);
    const full = faults.find(({ disk }) => disk !== undefined);
    const disk = full?.disk && new SmallDisk(full.disk, this.#place, scratch('disk'));
    if (full !== undefined && disk !== undefined) this.#disks.set(full, disk);
    const wrong = faults.some(({ clock }) => clock !== undefined);
    const clock = wrong ? new ProcessClock(wordsOf(own.run)[0], scratch('clock')) : undefined;
    if (clock !== undefined) {
      this.#clocks.set(own.name, clock);
      if (clock.by !== 'libfaketime')
        this.notes.push(`the clock of \`${own.name}\` is wrong in what Node.js calls Date alone: libfaketime is not installed.`);
    }
    return new ExperimentProcess(own, this.#place, { disk, clock });
  }

  async set(): Promise<void> {
    const { cluster } = this.#place;
    if (cluster !== undefined && this.#experiment.faults.some((fault) => fault.cluster !== undefined)) {
      this.#cluster = await Cluster.open(cluster);
      for (const left of await this.#cluster.sweep())
        this.notes.push(`an earlier run had left ${left} behind: it was taken away.`);
    }
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
    const disk = this.#disks.get(fault);
    if (disk !== undefined) {
      this.#undo.push(() => disk.empty());
      await disk.fill();
    }
    const clock = fault.clock === undefined ? undefined : this.#clocks.get(fault.process ?? '');
    if (clock !== undefined) {
      this.#undo.push(() => clock.set(0));
      clock.set(skewOf(fault.clock ?? '+0s'));
    }
    if (fault.cluster !== undefined && this.#cluster !== undefined)
      this.#undo.push(await this.#cluster.disturb(fault.cluster, this.#experiment.name));
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
