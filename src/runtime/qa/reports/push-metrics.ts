import { messageOf } from '../../../base/errors.ts';

/** The job under which runs of the engine are known. */
const JOB = 'metrics.qa-engine';

const PUSH_MS = 10_000;

/**
 * Puts metrics to a Prometheus Pushgateway, in the place of those that the project had there: https://github.com/prometheus/pushgateway#api. Returns why that did not
 * work, or undefined.
 */
export async function pushMetrics(
  text: string,
  { url, project, job = JOB }: { url: string; project?: string; job?: string },
): Promise<string | undefined> {
  if (!URL.canParse(url) || !/^https?:/.test(url)) return `${url} is no address of a Pushgateway.`;
  const group = project === undefined ? '' : `/project@base64/${Buffer.from(project).toString('base64url')}`;
  const target = `${url.replace(/\/$/, '')}/metrics/job/${job}${group}`;
  try {
    const headers = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' };
    const response = await fetch(target, { method: 'PUT', body: text, headers, signal: AbortSignal.timeout(PUSH_MS) });
    const said = await response.text();
    return response.ok ? undefined : `The Pushgateway answered ${response.status}: ${said.trim().slice(0, 300)}`;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    return `The Pushgateway cannot be reached: ${messageOf(error)}${cause}`;
  }
}
