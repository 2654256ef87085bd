import { randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

import fc from 'fast-check';

import { messageOf, NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonValue } from '../../../base/json.ts';
import type { Counterexample } from '../counterexample.ts';
import { packageVersion, toolFolder } from '../dependencies.ts';
import type { Finding } from '../report.ts';
import { noResult, type SuiteResult } from '../suite-result.ts';
import type { Sandbox } from '../test-runner.ts';
import { type Answer, ModuleHost } from './module-host.ts';
import { SchemaArbitraries } from './schema-arbitrary.ts';
import { schemaBreaks } from './schema-breaks.ts';

/** A contract of a project, and what is promised of it. */
export interface ContractPromise {
  /** Path of a JSON Schema. */
  schema: string;
  /** Path of a module, TypeScript too. */
  module?: string;
  /** A function of it that takes valid values, and refuses others by `false` or an error. */
  accepts?: string;
  /** Two functions of it: the second gives back what the first was given. */
  roundTrip?: readonly [string, string];
}

export interface PropertyOptions {
  /** The same values again. */
  seed?: number;
  /** Values for each property. */
  runs?: number;
  /** One property only, from its smallest failure. */
  replay?: Counterexample;
}

/** A value is refused more often than this: the schema should be simpler, or have examples. */
const MUCH_REFUSED = 0.5;

const DEFAULT_RUNS = 100;

/**
 * Holds what a project promises of its contracts against values made by their schemas: all valid ones, and such that break one keyword each. Throws
 * `INTERRUPTED`, `SANDBOX_MISSING`.
 */
export async function runContracts(
  promises: readonly ContractPromise[],
  read: (path: string) => string | undefined,
  { sandbox, options }: { sandbox: Sandbox; options: PropertyOptions },
): Promise<SuiteResult> {
  const result: SuiteResult = { ...noResult(), tools: { 'fast-check': packageVersion(toolFolder('fast-check')) } };
  for (const promise of promises) {
    if (sandbox.signal?.aborted === true) throw new NexusError('INTERRUPTED', 'Stopped while testing contracts.');
    await runContract(promise, read(promise.schema), { sandbox, options, result });
  }
  if (promises.length === 0)
    result.findings.push({
      code: 'QA_NO_TESTS',
      message: 'There is no contract: no `*.schema.json`, and none in the configuration.',
    });
  const { replay } = options;
  if (replay !== undefined && result.passed.length + result.failed.length === 0) {
    result.findings.push({ code: 'QA_NO_TESTS', message: `There is no property \`${replay.property}\` any more.` });
  }
  return result;
}

interface Bench {
  sandbox: Sandbox;
  options: PropertyOptions;
  result: SuiteResult;
}

async function runContract(promise: ContractPromise, text: string | undefined, bench: Bench): Promise<void> {
  const { result, sandbox } = bench;
  const opened = openContract(promise, text);
  if ('code' in opened) {
    result.findings.push(opened);
    return;
  }
  const host = promise.module === undefined ? undefined : new ModuleHost(promise.module, sandbox);
  try {
    for (const property of propertiesOf(promise, opened, host)) await runProperty(property, promise, bench);
  } finally {
    await host?.close();
  }
  result.findings.push(...notesOf(promise, opened));
  ((result.measured ??= {}).rejections ??= []).push({ schema: promise.schema, share: opened.refused });
}

interface Contract {
  arbitraries: SchemaArbitraries;
  breaks: ReturnType<typeof schemaBreaks>;
  /** Share of made values that were refused. */
  refused: number;
}

function openContract({ schema: path }: ContractPromise, text: string | undefined): Contract | Finding {
  const fault = (message: string): Finding => ({ code: 'QA_DOCUMENT', path, message });
  if (text === undefined) return fault('The configuration names it, and it is not there.');
  try {
    const value = JSON.parse(text) as JsonValue;
    if (!isJsonObject(value)) return fault('It is no JSON object.');
    const arbitraries = new SchemaArbitraries(value);
    fc.sample(arbitraries.whole(), { numRuns: 100, seed: 1 });
    const { made, refused } = arbitraries.rejections;
    return { arbitraries, breaks: schemaBreaks(arbitraries), refused: made === 0 ? 0 : refused / made };
  } catch (error) {
    return fault(`No values can be made by it: ${messageOf(error)}`);
  }
}

interface Property {
  name: string;
  values: fc.Arbitrary<JsonValue>;
  /** Throws an error that says what is wrong. */
  holds: (value: JsonValue) => Promise<void>;
}

function propertiesOf(
  { schema, module, accepts, roundTrip }: ContractPromise,
  { arbitraries, breaks }: Contract,
  host: ModuleHost | undefined,
): Property[] {
  const valid = arbitraries.whole();
  const check = arbitraries.root.check(arbitraries.root.schema);
  const properties: Property[] = [
    {
      name: `${schema} > makes valid values`,
      values: valid,
      holds: (value) => (check(value) ? Promise.resolve() : Promise.reject(new Error('ajv refuses it.'))),
    },
  ];
  if (host === undefined || module === undefined) return properties;
  if (accepts !== undefined) {
    properties.push({
      name: `${schema} > ${accepts} takes what is valid`,
      values: valid,
      holds: async (value) => mustTake(await host.call(accepts, value)),
    });
    for (const { keyword, path, values } of breaks.breaks) {
      const name = `${schema} > ${accepts} refuses broken ${keyword} at ${path === '' ? 'the root' : path}`;
      if (properties.some((each) => each.name === name)) continue;
      properties.push({ name, values, holds: async (value) => mustRefuse(await host.call(accepts, value)) });
    }
  }
  if (roundTrip !== undefined) {
    const [there, back] = roundTrip;
    properties.push({
      name: `${schema} > ${back} gives back what ${there} was given`,
      values: valid,
      holds: (value) => mustReturn(value, [there, back], host),
    });
  }
  return properties;
}

function mustTake(answer: Answer): void {
  if (answer.kind !== 'returned') throw new Error(answer.message);
  if (answer.value === false) throw new Error('It refuses a valid value.');
}

function mustRefuse(answer: Answer): void {
  if (answer.kind === 'died') throw new Error(answer.message);
  if (answer.kind === 'returned' && answer.value !== false) throw new Error('It takes an invalid value.');
}

async function mustReturn(value: JsonValue, [there, back]: readonly [string, string], host: ModuleHost): Promise<void> {
  const sent = await host.call(there, value);
  if (sent.kind !== 'returned') throw new Error(sent.message);
  const received = await host.call(back, sent.value);
  if (received.kind !== 'returned') throw new Error(received.message);
  if (!isDeepStrictEqual(received.value, value))
    throw new Error(`What comes back is ${JSON.stringify(received.value).slice(0, 500)}`);
}

async function runProperty(
  { name, values, holds }: Property,
  { schema, module = schema }: ContractPromise,
  { options, result }: Bench,
): Promise<void> {
  const { replay, seed = randomInt(2 ** 31), runs = DEFAULT_RUNS } = options;
  if (replay !== undefined && replay.property !== name) return;
  const parameters =
    replay === undefined ? { seed, numRuns: runs } : { seed: replay.seed, path: replay.path, numRuns: runs, endOnFailure: true };
  const found = await fc.check(fc.asyncProperty(values, holds), parameters);
  if (!found.failed) {
    result.passed.push(name);
    return;
  }
  // Ours, not the product's.
  if (found.errorInstance instanceof NexusError) throw found.errorInstance;
  result.failed.push(name);
  const [value = null] = found.counterexample ?? [];
  const counterexample: Counterexample = {
    suite: 'contracts',
    property: name,
    seed: found.seed,
    path: found.counterexamplePath ?? '',
    value,
  };
  const shown = JSON.stringify(value).slice(0, 1000);
  const message = `${name.split(' > ').slice(1).join(' > ')}: ${messageOf(found.errorInstance).split('\n')[0]} Smallest value, after ${found.numShrinks} steps: ${shown}`;
  result.findings.push({ code: 'QA_PROPERTY_FAILED', path: module, message, related: [schema], counterexample });
}

function notesOf({ schema: path }: ContractPromise, { breaks, refused: share }: Contract): Finding[] {
  const note = (message: string): Finding => ({ code: 'QA_CONTRACT_COVERAGE', level: 'note', path, message });
  return [
    ...(share > MUCH_REFUSED
      ? [note(`${Math.round(share * 100)} % of the values that were made for it were refused: what it asks cannot be built in.`)]
      : []),
    ...(breaks.unbroken.length > 0
      ? [note(`Not broken, since no value was found that breaks it: ${breaks.unbroken.join(', ')}.`)]
      : []),
  ];
}

/** Schemas of a project that are contracts by their names. */
export function contractsIn(paths: readonly string[]): ContractPromise[] {
  return paths.filter((path) => path.endsWith('.schema.json')).map((schema) => ({ schema }));
}
