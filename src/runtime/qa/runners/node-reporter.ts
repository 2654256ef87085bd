/**
 * Loaded into the process of a test file before any of its code, and again as the reporter of `node:test`, which takes it once. A suite or test that
 * failed by its subtests alone is not told besides them.
 */
export const NODE_REPORTER = `
import { readFileSync, writeSync } from 'node:fs';

const word = readFileSync(0, 'utf8');
const { stringify } = JSON;
const names = [];
let reporting = false;
let cases = 0;

function send(value) {
  const line = Buffer.from(word + stringify(value) + '\\n');
  for (let at = 0; at < line.length; ) at += writeSync(3, line, at);
}

function messageOf(error) {
  const reason = error?.cause ?? error?.message ?? error;
  return String(reason?.stack ?? reason?.message ?? reason).slice(0, 4000);
}

function tell(failed, { name, nesting, line, skip, todo, details: { error, type } }) {
  const idle = (skip !== undefined && skip !== false) || (todo !== undefined && todo !== false);
  const status = idle ? 'skipped' : failed ? 'failed' : 'passed';
  if (error?.failureType === 'subtestsFailed' || (type === 'suite' && status !== 'failed')) return;
  cases++;
  const message = status === 'failed' ? messageOf(error) : undefined;
  send({ type: 'case', name: [...names.slice(0, nesting), name].join(' > '), status, line, message });
}

send({ type: 'loaded' });

/** Called when the first test of the file is registered, before any of them begins. Of what has a prototype, node would make an instance. */
export default (source) => {
  const first = !reporting;
  if (first) send({ type: 'begun' });
  reporting = true;
  return first ? tellAll(source) : [];
};

async function* tellAll(source) {
  for await (const { type, data } of source) {
    if (type === 'test:start') names.splice(data.nesting, Infinity, data.name);
    else if (type === 'test:pass' || type === 'test:fail') tell(type === 'test:fail', data);
    else if (type === 'test:summary') send({ type: 'summary', success: data.success, cases });
  }
}
`;
