import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { systemClock, timestamp } from '../../base/clock.ts';
import { writeDurably } from '../../base/durable-file.ts';
import { messageOf, NexusError } from '../../base/errors.ts';
import { isJsonObject, parsedJson } from '../../base/json.ts';
import { duration } from '../../base/times.ts';
import { requireDuration } from '../app/amounts.ts';
import { call } from '../app/call.ts';
import { requireSafe } from '../app/remote/remotes.ts';
import type { ProbeView } from '../app/access/access-views.ts';
import { probeMetrics } from './probe-metrics.ts';

type Options = Readonly<Record<string, string | boolean | undefined>>;

/** Milliseconds within which a control plane must have answered: more than a synthetic mission may take. */
const PATIENCE = 20 * 60_000;

/** Runs synthetic missions, one after the other, until a signal comes; one with `--once`. Returns the exit code: 1 if the last one failed. */
export async function runProbe(options: Options): Promise<number> {
  const text = (name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined);
  const every = requireDuration(text('every') ?? '1h');
  const probe = prober({ url: text('url'), tokenFile: text('tokenFile'), workspace: text('workspace') });
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  let last: ProbeView;
  do {
    const begun = systemClock.now();
    last = await probe();
    tell(last);
    await publish(last, { file: text('metrics'), push: text('push') });
    if (options['once'] === true) break;
    await wait(Math.max(every - (systemClock.now() - begun), 0), undefined, { signal: stop.signal }).catch(() => undefined);
  } while (!stop.signal.aborted);
  return last.result === 'passed' ? 0 : 1;
}

interface Where {
  url: string | undefined;
  tokenFile: string | undefined;
  workspace: string | undefined;
}

/** Here, or by a control plane: then all of it is tried, from its door to its evidence. */
function prober({ url, tokenFile, workspace }: Where): () => Promise<ProbeView> {
  if (url === undefined) {
    const context = { cwd: process.cwd(), ...(workspace === undefined ? {} : { workspace }) };
    return () => call('probe', {}, context);
  }
  if (tokenFile === undefined) {
    throw new NexusError('USAGE', 'A control plane wants a token.', { hint: 'Give --token-file, too.' });
  }
  const address = `${requireSafe(url).replace(/\/+$/, '')}/v1/probes`;
  // Read each time: others may renew it.
  return () => askThere(address, readFileSync(resolve(tokenFile), 'utf8').trim());
}

/** A control plane that does not answer has failed its probe. */
async function askThere(address: string, token: string): Promise<ProbeView> {
  const begun = systemClock.now();
  const failed = (what: string): ProbeView => {
    return { kind: 'Probe', result: 'failed', mission: null, milliseconds: systemClock.now() - begun, failures: [what] };
  };
  try {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(address, { method: 'POST', headers, redirect: 'error', signal: AbortSignal.timeout(PATIENCE) });
    const value = parsedJson(await response.text());
    if (!isJsonObject(value) || value['kind'] !== 'Probe')
      return failed(`It answers with status ${response.status}: ${messageIn(value)}`);
    const { result, mission, failures } = value as unknown as ProbeView;
    return { kind: 'Probe', result, mission, milliseconds: systemClock.now() - begun, failures };
  } catch (error) {
    return failed(`It does not answer: ${messageOf(error instanceof Error ? (error.cause ?? error) : error)}.`);
  }
}

function messageIn(value: unknown): string {
  const { title } = isJsonObject(value) ? value : {};
  return typeof title === 'string' ? title : 'no problem that is known.';
}

function tell({ result, mission, milliseconds, failures }: ProbeView): void {
  const reasons = failures.map((each) => `  ${each}\n`).join('');
  process.stdout.write(
    `${timestamp(systemClock)} probe ${result} in ${duration(milliseconds)}${mission === null ? '' : `, mission ${mission}`}\n${reasons}`,
  );
}

/** For Prometheus: a file of node_exporter's textfile collector, or a Pushgateway. That it cannot be told fails no probe. */
async function publish(view: ProbeView, { file, push }: { file: string | undefined; push: string | undefined }): Promise<void> {
  const text = probeMetrics(view, systemClock);
  if (file !== undefined) writeDurably(resolve(file), text);
  if (push === undefined) return;
  const { pushMetrics } = await import('../qa/reports/push-metrics.ts');
  const fault = await pushMetrics(text, { url: push, job: 'agentnexus.probe' });
  if (fault !== undefined) process.stderr.write(`${fault}\n`);
}
