import { randomInt } from 'node:crypto';

import fc from 'fast-check';

import { messageOf, NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/json.ts';
import { parseYaml } from '../../../spec/documents/parse-yaml.ts';
import type { PropertyOptions } from '../contracts/contract-suite.ts';
import type { Counterexample } from '../counterexample.ts';
import { packageVersion, toolFolder } from '../dependencies.ts';
import type { Finding } from '../report.ts';
import { noResult, type SuiteResult } from '../suite-result.ts';
import { ApiExchange, ApiFault } from './api-exchange.ts';
import { type ApiRequest, brokenRequests, validRequests } from './api-request.ts';
import { type ApiOperation, readOperations } from './read-operations.ts';

export interface ApiCall {
  /** Where the service listens. */
  url: string;
  /** A service that is not on this machine may be asked. */
  remote: boolean;
  options: PropertyOptions;
  signal?: AbortSignal | undefined;
}

/** Requests for each property: a service is slower than a function. */
const DEFAULT_RUNS = 25;

/**
 * Holds a running service against its OpenAPI document: right requests must be answered as described, wrong bodies refused. It is asked everything that the document
 * has, what deletes too. Throws `USAGE` for a service elsewhere without leave, `INTERRUPTED`.
 */
export async function runApi(path: string, text: string, call: ApiCall): Promise<SuiteResult> {
  refuseElsewhere(call);
  const result: SuiteResult = { ...noResult(), tools: { 'fast-check': packageVersion(toolFolder('fast-check')) } };
  const document = documentOf(text);
  if (typeof document === 'string') return { ...result, findings: [{ code: 'QA_DOCUMENT', path, message: document }] };
  const operations = readOperations(document);
  if (operations.length === 0)
    return { ...result, findings: [{ code: 'QA_NO_TESTS', path, message: 'It describes no operation.' }] };
  const exchange = new ApiExchange(call.url, operations, call.signal);
  for (const operation of operations) {
    for (const property of propertiesOf(operation, { path, exchange, result })) {
      if (call.signal?.aborted === true) throw new NexusError('INTERRUPTED', 'Stopped while asking the service.');
      await runProperty(property, { path, call, result });
      if (result.findings.some(({ code }) => code === 'QA_API_UNREACHABLE')) return result;
    }
  }
  const { replay } = call.options;
  if (replay !== undefined && result.passed.length + result.failed.length === 0)
    result.findings.push({ code: 'QA_NO_TESTS', path, message: `There is no property \`${replay.property}\` any more.` });
  return result;
}

/** What is sent may change or delete whatever the service holds: nobody else's is asked by mistake. */
function refuseElsewhere({ url, remote }: ApiCall): void {
  const host = URL.canParse(url) ? new URL(url).hostname : undefined;
  if (host === undefined || !/^https?:/.test(url))
    throw new NexusError('USAGE', `\`${url}\` is no address of a service.`, { hint: 'Write `--url http://localhost:8080`.' });
  if (remote || /^(?:localhost|(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(host)) return;
  throw new NexusError('USAGE', `${host} is not this machine.`, {
    hint: 'Requests of all kinds are sent, such as delete too. `--allow-remote` if that is wanted.',
    details: { url },
  });
}

function documentOf(text: string): JsonObject | string {
  const read = parseYaml(text);
  if ('fault' in read) return `It is no YAML or JSON: ${read.fault}.`;
  return isJsonObject(read.value) && typeof read.value['openapi'] === 'string' ? read.value : 'It is no OpenAPI 3 document.';
}

interface Property {
  name: string;
  requests: fc.Arbitrary<ApiRequest>;
  holds: (request: ApiRequest) => Promise<void>;
}

function propertiesOf(
  operation: ApiOperation,
  { path, exchange, result }: { path: string; exchange: ApiExchange; result: SuiteResult },
): Property[] {
  const note = (message: string) =>
    result.findings.push({ code: 'QA_CONTRACT_COVERAGE', level: 'note', path, message: `${operation.name}: ${message}` });
  if (operation.foreign) {
    note('it takes no JSON, so it was not asked.');
    return [];
  }
  try {
    const right: Property = {
      name: `${operation.name} > answers as described`,
      requests: validRequests(operation),
      holds: (request) => exchange.asDescribed(operation, request),
    };
    const wrong = brokenRequests(operation).map(({ name, requests }): Property => ({
      name: `${operation.name} > refuses broken ${name}`,
      requests,
      holds: (request) => exchange.refused(operation, request),
    }));
    return [right, ...wrong];
  } catch (error) {
    note(`no requests can be made for it: ${messageOf(error)}`);
    return [];
  }
}

async function runProperty(
  { name, requests, holds }: Property,
  { path, call, result }: { path: string; call: ApiCall; result: SuiteResult },
): Promise<void> {
  const { replay, seed = randomInt(2 ** 31), runs = DEFAULT_RUNS } = call.options;
  if (replay !== undefined && replay.property !== name) return;
  const parameters =
    replay === undefined ? { seed, numRuns: runs } : { seed: replay.seed, path: replay.path, numRuns: runs, endOnFailure: true };
  const found = await fc.check(fc.asyncProperty(requests, holds), parameters);
  if (!found.failed) {
    result.passed.push(name);
    return;
  }
  result.failed.push(name);
  result.findings.push(findingOf(name, path, found));
}

function findingOf(name: string, path: string, found: fc.RunDetails<[ApiRequest]>): Finding {
  const [request] = found.counterexample ?? [];
  const value = JSON.parse(JSON.stringify(request ?? null)) as JsonValue;
  const counterexample: Counterexample = {
    suite: 'api',
    property: name,
    seed: found.seed,
    path: found.counterexamplePath ?? '',
    value,
  };
  const fault = found.errorInstance instanceof ApiFault ? found.errorInstance : undefined;
  const message = `${name}: ${messageOf(found.errorInstance)} Smallest request: ${JSON.stringify(value).slice(0, 500)}`;
  if (fault?.code === 'QA_API_UNREACHABLE') return { code: fault.code, message };
  return { code: fault?.code ?? 'QA_PROPERTY_FAILED', path, message, counterexample };
}
