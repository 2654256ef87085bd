import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { NexusError } from '../../base/errors.ts';
import type { Tree } from '../vault/artifact.ts';
import { type ProcessResult, runProcess } from '../workspace/process.ts';
import type { Finding } from './report.ts';
import type { Sandbox } from './test-runner.ts';

const DOCUMENT = /\.(?:schema|openapi|asyncapi)\.json$/;

/** The sibling as it lies beside this module, in `src/` or in `dist/`. */
const ENTRY = fileURLToPath(new URL(`documents-entry${extname(import.meta.url)}`, import.meta.url));

/**
 * `checkDocuments` in a process of its own: its memory grows with the product, and a document that stalls or exhausts it becomes a finding. Throws
 * `INTERRUPTED`.
 */
export async function checkDocumentsApart(tree: Tree, sandbox: Sandbox): Promise<Finding[]> {
  const paths = tree.flatMap(({ path }) => (DOCUMENT.test(path) ? [path] : []));
  if (paths.length === 0) return [];
  const lines: string[] = [];
  const result = await runProcess([process.execPath, ENTRY], {
    cwd: sandbox.product,
    env: sandbox.env,
    timeoutMs: sandbox.limits.compileMs,
    input: JSON.stringify(paths),
    onChannel: (line) => lines.push(line),
    ...(sandbox.signal && { signal: sandbox.signal }),
  });
  if (result.ended === 'aborted') throw new NexusError('INTERRUPTED', 'Stopped while checking documents.');
  const found = lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as Finding);
  // The count comes last: a check that broke off has none, and what it had found may not be all.
  const complete = result.code === 0 && lines.at(-1) === String(found.length);
  return complete ? found : [...found, failureOf(result)];
}

function failureOf({ ended, code, signal, stderr }: ProcessResult): Finding {
  const what = 'The check of the JSON Schemas, OpenAPI and AsyncAPI documents';
  if (ended === 'timeout') return { code: 'QA_TIMEOUT', message: `${what} did not finish in its time.` };
  const end = ended === 'signalled' ? `was killed by ${signal}` : `ended with ${code}`;
  return { code: 'QA_DOCUMENT', message: `${what} ${end}: ${stderr.slice(-1000).trim()}` };
}
