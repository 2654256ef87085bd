import { timestamp, type Clock } from '../../base/clock.ts';
import type { ProbeView } from '../app/access/access-views.ts';

/** The last probe, as Prometheus reads it (text format 0.0.4). */
export function probeMetrics({ result, milliseconds }: Pick<ProbeView, 'result' | 'milliseconds'>, clock: Clock): string {
  const at = Date.parse(timestamp(clock)) / 1000;
  const rows: [string, string, number][] = [
    ['agentnexus_probe_success', 'Whether the last synthetic mission ended in verified evidence.', result === 'passed' ? 1 : 0],
    ['agentnexus_probe_duration_seconds', 'How long the last synthetic mission took.', milliseconds / 1000],
    ['agentnexus_probe_finished_timestamp_seconds', 'When the last synthetic mission ended.', at],
  ];
  return rows.map(([name, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${value}\n`).join('');
}
