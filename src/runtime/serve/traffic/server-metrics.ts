import { PRODUCT_VERSION } from '../../../base/version.ts';
import type { LogReader } from '../../log/log-reader.ts';
import { Durations, exposition, type Family, type Sample } from './exposition.ts';
import { queueOf } from './queue.ts';

interface Answered {
  method: string;
  /** As the table of routes writes it: figures are told apart by routes, not by what was asked. */
  route: string;
  status: number;
  seconds: number;
}

/** Figures of the server, for whoever scrapes `/metrics`. What the log knows is asked of the log, when it is asked for. */
export class ServerMetrics {
  readonly #requests = new Map<string, { labels: Record<string, string>; value: number }>();
  readonly #durations = new Map<string, Durations>();

  answered({ method, route, status, seconds }: Answered): void {
    const labels = { method, route, status: String(status) };
    const key = `${method} ${route} ${status}`;
    const seen = this.#requests.get(key) ?? { labels, value: 0 };
    seen.value++;
    this.#requests.set(key, seen);
    const durations = this.#durations.get(route) ?? new Durations();
    durations.add(seconds);
    this.#durations.set(route, durations);
  }

  text(log: LogReader, { streams }: { streams: number }): string {
    return exposition([
      gauge('agentnexus_build_info', 'The version that runs.', [{ labels: { version: PRODUCT_VERSION }, value: 1 }]),
      ...this.#traffic(streams),
      ...queueFamilies(log),
      counter('agentnexus_log_entries_total', 'Entries of the log.', [{ value: log.size }]),
      ...processFamilies(),
    ]);
  }

  #traffic(streams: number): Family[] {
    const durations = [...this.#durations].flatMap(([route, each]) => each.samples({ route }));
    const took = 'agentnexus_http_request_duration_seconds';
    return [
      counter('agentnexus_http_requests_total', 'Requests that were answered.', [...this.#requests.values()]),
      { name: took, type: 'histogram', help: 'From a request to the end of its answer.', samples: durations },
      gauge('agentnexus_streams_open', 'Clients that follow events.', [{ value: streams }]),
    ];
  }
}

function queueFamilies(log: LogReader): Family[] {
  const { missions, tasks, approvals, depth } = queueOf(log.db);
  const byState = (counts: Readonly<Record<string, number>>): Sample[] =>
    Object.entries(counts).map(([state, value]) => ({ labels: { state }, value }));
  return [
    gauge('agentnexus_missions', 'Missions by state.', byState(missions)),
    gauge('agentnexus_tasks', 'Tasks of open missions by state.', byState(tasks)),
    gauge('agentnexus_approvals_pending', 'Tasks that wait for a person.', [{ value: approvals }]),
    gauge('agentnexus_queue_depth', 'Tasks of open missions that are not settled, and wait for nobody.', [{ value: depth }]),
  ];
}

function processFamilies(): Family[] {
  const { user, system } = process.cpuUsage();
  return [
    counter('process_cpu_seconds_total', 'Processor time.', [{ value: (user + system) / 1e6 }]),
    gauge('process_resident_memory_bytes', 'Resident memory.', [{ value: process.memoryUsage.rss() }]),
  ];
}

const counter = (name: string, help: string, samples: readonly Sample[]): Family => ({ name, type: 'counter', help, samples });
const gauge = (name: string, help: string, samples: readonly Sample[]): Family => ({ name, type: 'gauge', help, samples });
