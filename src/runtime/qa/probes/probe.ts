import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { messageOf, NexusError } from '../../../base/errors.ts';
import { isJsonObject, type JsonValue } from '../../../base/json.ts';
import { startTool } from '../start-tool.ts';

/** Asks, again and again for a while, whether something is as it should be. Times are `200ms`, `5s`, `2m`. */
export interface Probe {
  name: string;
  /** A GET that must be answered with `status` (2xx if left out), with a body that contains `body`. */
  http?: { url: string; status?: number; body?: string };
  /** A connection that must come about. */
  tcp?: { host?: string; port: number };
  /** A command, without a shell, that must end with 0. */
  exec?: { run: string };
  /** A query to Prometheus whose values must lie between. */
  promql?: { url: string; query: string; min?: number; max?: number };
  /** A synthetic mission: a bundle that is applied in a workspace of its own, and must succeed. */
  mission?: SyntheticMission;
  /** The longest that an answer may take; default 2s, of a mission 60s. */
  within?: string;
  /** How long is asked, and how often; once if left out. */
  window?: string;
  every?: string;
  /** Least share of the answers that must be right; default 1. */
  threshold?: number;
}

export interface SyntheticMission {
  /** In the project. */
  bundle: string;
  /** `compiler`, or `script:FILE`. */
  agent?: string;
}

export interface ProbeResult {
  name: string;
  samples: { at: number; ms: number; fault?: string }[];
  /** Share of answers that were right. */
  share: number;
  passed: boolean;
}

export interface ProbePlace {
  /** Folder that commands run in, and their environment. */
  folder: string;
  env: Readonly<Record<string, string>>;
  signal?: AbortSignal | undefined;
  /** Runs one, and says why it has not succeeded, if it has not. Without it there are none. */
  runMission?: (mission: SyntheticMission, signal: AbortSignal) => Promise<string | undefined>;
}

const WITHIN = '2s';
const MISSION_WITHIN = '60s';
const EVERY = '250ms';

/** Takes samples over the window, the first at once. Throws `INTERRUPTED`. */
export async function runProbe(probe: Probe, place: ProbePlace): Promise<ProbeResult> {
  const start = performance.now();
  const end = start + milliseconds(probe.window ?? '0ms');
  const samples: ProbeResult['samples'] = [];
  for (let next = start; ; next += milliseconds(probe.every ?? EVERY)) {
    if (next > start)
      await pause(Math.max(0, next - performance.now()), undefined, place.signal && { signal: place.signal }).catch(() => {});
    if (place.signal?.aborted === true) throw new NexusError('INTERRUPTED', 'Stopped while probing.');
    const began = performance.now();
    const fault = await sample(probe, place);
    samples.push({
      at: Math.round(began - start),
      ms: Math.round(performance.now() - began),
      ...(fault !== undefined && { fault }),
    });
    if (next + milliseconds(probe.every ?? EVERY) > end) break;
  }
  const share = samples.filter(({ fault }) => fault === undefined).length / samples.length;
  return { name: probe.name, samples, share, passed: share >= (probe.threshold ?? 1) };
}

/** Why an answer is not right, or undefined if it is. */
async function sample(
  { http, tcp, exec, promql, mission, within = mission === undefined ? WITHIN : MISSION_WITHIN }: Probe,
  place: ProbePlace,
): Promise<string | undefined> {
  const ms = milliseconds(within);
  try {
    if (http !== undefined) return await askHttp(http, ms);
    if (tcp !== undefined) return await askTcp(tcp, ms);
    if (exec !== undefined) return await askCommand(exec.run, ms, place);
    if (mission !== undefined) return await askMission(mission, ms, place);
    return promql === undefined ? 'It asks nothing.' : await askPrometheus(promql, ms);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    return `${messageOf(error)}${cause}`;
  }
}

async function askHttp({ url, status, body }: NonNullable<Probe['http']>, ms: number): Promise<string | undefined> {
  const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(ms) });
  const text = await response.text();
  const right = status === undefined ? response.ok : response.status === status;
  if (!right) return `It answers ${response.status}.`;
  return body === undefined || text.includes(body) ? undefined : `Its answer does not hold ${JSON.stringify(body)}.`;
}

function askTcp({ host = '127.0.0.1', port }: NonNullable<Probe['tcp']>, ms: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (fault?: string) => {
      socket.destroy();
      resolve(fault);
    };
    socket.setTimeout(ms, () => end(`No connection within ${ms} ms.`));
    socket.once('connect', () => end());
    socket.once('error', (error) => end(error.message));
  });
}

async function askCommand(run: string, ms: number, { folder, env, signal }: ProbePlace): Promise<string | undefined> {
  const [program, ...args] = run.split(/\s+/).filter((word) => word !== '');
  if (program === undefined) return 'There is no command.';
  const { ended, code, stderr } = await startTool([program, ...args], {
    cwd: folder,
    env,
    timeoutMs: ms,
    ...(signal && { signal }),
  });
  if (ended === 'exited' && code === 0) return undefined;
  return ended === 'timeout' ? `It did not end within ${ms} ms.` : `It ended with ${code}. ${stderr.trim().slice(-300)}`.trim();
}

async function askMission(
  mission: SyntheticMission,
  ms: number,
  { signal, runMission }: ProbePlace,
): Promise<string | undefined> {
  if (runMission === undefined) return 'There are no missions here.';
  const end = AbortSignal.timeout(ms);
  const fault = await runMission(mission, signal === undefined ? end : AbortSignal.any([signal, end]));
  return end.aborted ? `It did not end within ${ms} ms.` : fault;
}

/** https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries; a query without a result is no right answer. */
async function askPrometheus(
  { url, query, min = -Infinity, max = Infinity }: NonNullable<Probe['promql']>,
  ms: number,
): Promise<string | undefined> {
  const response = await fetch(`${url.replace(/\/$/, '')}/api/v1/query?query=${encodeURIComponent(query)}`, {
    signal: AbortSignal.timeout(ms),
  });
  const answer = (await response.json()) as JsonValue;
  const data =
    isJsonObject(answer) && answer['status'] === 'success' && isJsonObject(answer['data']) ? answer['data'] : undefined;
  if (data === undefined) return `Prometheus answers ${response.status}: ${JSON.stringify(answer).slice(0, 200)}`;
  const values = valuesOf(data['result']);
  if (values.length === 0) return 'The query has no result.';
  const wrong = values.find((value) => !(value >= min && value <= max));
  return wrong === undefined ? undefined : `The value ${wrong} is not between ${min} and ${max}.`;
}

/** Of a vector each, of a scalar the one. */
function valuesOf(result: JsonValue | undefined): number[] {
  if (!Array.isArray(result)) return [];
  if (typeof result[1] === 'string') return [Number(result[1])];
  return result.flatMap((each: JsonValue) =>
    isJsonObject(each) && Array.isArray(each['value']) ? [Number(each['value'][1])] : [],
  );
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** `200ms`, `5s`, `2m` as milliseconds; what else it is has been refused by the schema. */
export function milliseconds(text: string): number {
  const [, amount = '0', unit = 'ms'] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  return Number(amount) * (UNITS[unit] ?? 1);
}
