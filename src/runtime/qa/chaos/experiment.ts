import { messageOf, NexusError } from '../../../base/errors.ts';
import { compileSchema } from '../../../base/schema.ts';
import { parseYaml } from '../../../spec/documents/parse-yaml.ts';
import { type Probe, refuseUnbuilt } from '../probes/probe.ts';
import { EXPERIMENT_SCHEMA } from './experiment-schema.ts';

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
  disk?: unknown;
  clock?: unknown;
  cluster?: unknown;
}

/** Reads one; throws an error with a message for people where it is none, `NOT_BUILT` where it asks for what there is not. */
export function readExperiment(text: string): Experiment {
  const read = parseYaml(text);
  if ('fault' in read) throw new Error(`line ${read.line}: it is no YAML: ${read.fault}.`);
  const checked = compileSchema(EXPERIMENT_SCHEMA)(read.value);
  if (!checked.valid) {
    const [first] = checked.errors;
    throw new Error(`\`${first?.path ?? ''}\` ${first?.message ?? 'is wrong'}.`);
  }
  const experiment = read.value as unknown as Experiment;
  for (const probe of [...experiment.steady, ...(experiment.during ?? [])]) refuseUnbuilt(probe);
  for (const fault of experiment.faults) checkFault(fault, experiment);
  return experiment;
}

const UNBUILT = {
  disk: 'a full disk: there is no way here to fill one that nobody else uses',
  clock: 'a wrong clock: there is no way here to set that of one process only',
  cluster: 'experiments in a cluster',
} as const;

function checkFault(fault: Fault, { name, proxies = [], processes = [] }: Experiment): void {
  for (const [kind, what] of Object.entries(UNBUILT)) {
    if (!(kind in fault)) continue;
    throw new NexusError('NOT_BUILT', `The experiment \`${name}\` asks for ${what}. That is not built yet.`, {
      hint: 'Take that fault out, or leave the file out.',
    });
  }
  const network = [fault.latency, fault.cut, fault.resetAfter, fault.bandwidth].some((each) => each !== undefined);
  if (network !== (fault.proxy !== undefined))
    throw new Error(
      'A fault has `proxy` and one of `latency`, `cut`, `resetAfter`, `bandwidth`, or `process` and `stop` or `kill`.',
    );
  if ((fault.stop ?? fault.kill) !== undefined && fault.process === undefined)
    throw new Error('`stop` and `kill` are for a `process`.');
  if (!network && fault.process === undefined) throw new Error('A fault has no `proxy` and no `process`.');
  if (fault.process !== undefined && (fault.stop === true) === (fault.kill === true))
    throw new Error('A process is either stopped or killed.');
  if (fault.proxy !== undefined && !proxies.some((each) => each.name === fault.proxy))
    throw new Error(`There is no proxy \`${fault.proxy}\`.`);
  if (fault.process !== undefined && !processes.some((each) => each.name === fault.process))
    throw new Error(`There is no process \`${fault.process}\`.`);
}

/** The message of what `readExperiment` throws for a file that is none; what is not built is thrown on. */
export function faultOfFile(error: unknown): string {
  if (error instanceof NexusError) throw error;
  return messageOf(error);
}
