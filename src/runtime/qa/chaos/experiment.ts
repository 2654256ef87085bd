import { messageOf, NexusError } from '../../../base/errors.ts';
import { parseYaml } from '../../../spec/documents/parse-yaml.ts';
import type { Probe } from '../probes/probe.ts';
import type { ClusterFault } from './cluster-fault.ts';
import { checkExperiment } from './experiment-check.ts';
import type { DiskFault } from './small-disk.ts';

/** A file of `chaos/experiments`. */
export interface Experiment {
  name: string;
  processes?: { name: string; run: string; port?: number }[];
  proxies?: { name: string; listen: number; host?: string; port: number }[];
  steady: Probe[];
  during?: Probe[];
  faults: Fault[];
  settle?: string;
  recover?: string;
}

export interface Fault {
  proxy?: string;
  latency?: string;
  cut?: true;
  resetAfter?: number;
  bandwidth?: number;
  process?: string;
  stop?: true;
  kill?: true;
  disk?: DiskFault;
  /** `+1h`, `-30m`. */
  clock?: string;
  cluster?: ClusterFault;
}

/** Reads one; throws an error with a message for people where it is none. */
export function readExperiment(text: string): Experiment {
  const read = parseYaml(text);
  if ('fault' in read) throw new Error(`line ${read.line}: it is no YAML: ${read.fault}.`);
  const checked = checkExperiment(read.value);
  if (!checked.valid) {
    const [first] = checked.errors;
    throw new Error(`\`${first?.path ?? ''}\` ${first?.message ?? 'is wrong'}.`);
  }
  const experiment = read.value as unknown as Experiment;
  for (const fault of experiment.faults) checkFault(fault, experiment);
  return experiment;
}

const KINDS = {
  proxy: ['latency', 'cut', 'resetAfter', 'bandwidth'],
  process: ['stop', 'kill', 'disk', 'clock'],
} as const;

function checkFault(fault: Fault, { proxies = [], processes = [] }: Experiment): void {
  const done = Object.entries(KINDS).flatMap(([at, kinds]) =>
    kinds.filter((kind) => fault[kind] !== undefined).map((kind) => ({ at, kind })),
  );
  if (fault.cluster !== undefined) {
    if (done.length > 0 || fault.proxy !== undefined || fault.process !== undefined) throw new Error('`cluster` stands alone.');
    return;
  }
  if (fault.proxy !== undefined && fault.process !== undefined) throw new Error('A fault is of a `proxy` or of a `process`.');
  const at = fault.proxy !== undefined ? 'proxy' : 'process';
  if (fault[at] === undefined) throw new Error('A fault has no `proxy` and no `process`.');
  const stray = done.find((each) => each.at !== at);
  if (stray !== undefined || done.length === 0)
    throw new Error(`A fault of a \`${at}\` is one of ${KINDS[at].map((kind) => `\`${kind}\``).join(', ')}.`);
  if (at === 'process' && done.length > 1) throw new Error('Only one thing is done to a process in one fault.');
  const known = (at === 'proxy' ? proxies : processes).some(({ name }) => name === fault[at]);
  if (!known) throw new Error(`There is no ${at} \`${fault[at]}\`.`);
}

/** The message of what `readExperiment` throws for a file that is none; what is not built is thrown on. */
export function faultOfFile(error: unknown): string {
  if (error instanceof NexusError) throw error;
  return messageOf(error);
}
