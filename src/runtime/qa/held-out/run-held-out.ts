import { counted } from '../../../base/text.ts';
import type { Artifact, Tree } from '../../vault/artifact.ts';
import { mergeTrees } from '../../vault/artifact.ts';
import type { QaEngine } from '../engine.ts';
import type { QaCall } from '../judge-batch.ts';
import { isTestName } from '../test-frameworks.ts';
import type { CheckResult, Finding } from '../report.ts';
import type { SuiteResult } from '../suite-result.ts';
import type { HeldOut } from './held-out.ts';

interface Desk {
  engine: QaEngine;
  call?: QaCall;
}

/**
 * Runs held-out tests on a copy of the product that has them laid over it, apart from its own tests: those would see them. What is said of them is their
 * requirement, and how many fail; `open` tells the rest too, to whom they belong.
 */
export async function runHeldOut(
  sets: readonly HeldOut[],
  product: Tree,
  { engine, call, open = false }: Desk & { open?: boolean },
): Promise<SuiteResult> {
  const laid = sets.flatMap(({ files }) => files);
  const tree = mergeTrees([product, laid.map(artifactOf)]);
  const only = new Set(laid.map(({ path }) => path));
  const [result] = await engine.run({ checks: [{ task: 'held-out', scope: 'product', artifacts: [] }], tree, only }, call);
  if (result === undefined) throw new TypeError('the QA engine gave no answer');
  const told = sets.map((set) => ({ name: nameOf(set), finding: judge(set, result) }));
  const findings = told.flatMap(({ finding }) => finding ?? []);
  return {
    passed: told.filter(({ finding }) => finding === undefined).map(({ name }) => name),
    failed: told.filter(({ finding }) => finding !== undefined).map(({ name }) => name),
    findings: open ? [...findings, ...result.findings.map((finding): Finding => ({ ...finding, level: 'note' }))] : findings,
    tools: result.tools,
  };
}

function artifactOf(file: HeldOut['files'][number]): Artifact {
  return { ...file, type: isTestName(file.path) ? 'test' : 'code' };
}

function nameOf({ requirement, title }: HeldOut): string {
  return `held out > ${requirement}${title === undefined ? '' : `: ${title}`}`;
}

/** It passes where its tests ran, and all passed. */
function judge({ requirement, title, files }: HeldOut, { passed, failed, findings }: CheckResult): Finding | undefined {
  const own = new Set(files.map(({ path }) => path));
  const isOwn = (name: string) => [...own].some((path) => name.startsWith(`${path} > `));
  const [good, bad] = [passed.filter(isOwn).length, failed.filter(isOwn).length];
  const faulty = findings.some(({ level, path }) => level !== 'note' && (path === undefined || own.has(path)));
  if (bad === 0 && good > 0 && !faulty) return undefined;
  const what = title === undefined ? requirement : `${requirement} (${title})`;
  const how = good + bad === 0 ? 'could not be run on what is there' : `fail: ${bad} of ${counted(good + bad, 'test')}`;
  return { code: 'QA_HELD_OUT', message: `Tests of ${what} that are not shown to whoever makes it ${how}.` };
}
