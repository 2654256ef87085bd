import { noResult, type SuiteResult } from '../suite-result.ts';
import { type Probe, type ProbePlace, runProbe } from './probe.ts';

/** Asks all at the same time. Throws `INTERRUPTED`. */
export async function runProbes(probes: readonly Probe[], place: ProbePlace): Promise<SuiteResult> {
  const result = noResult();
  if (probes.length === 0)
    result.findings.push({ code: 'QA_NO_TESTS', message: 'The configuration has no probe: `qa: { probes: […] }`.' });
  for (const { name, passed, samples, share } of await Promise.all(probes.map((probe) => runProbe(probe, place)))) {
    (passed ? result.passed : result.failed).push(name);
    if (passed) continue;
    const fault = samples.find((each) => each.fault !== undefined)?.fault ?? '';
    const message = `${name}: right in ${Math.round(share * 100)} % of ${samples.length} samples. ${fault}`;
    result.findings.push({ code: 'QA_PROBE', message });
  }
  return result;
}
