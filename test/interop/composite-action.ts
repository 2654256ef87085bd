import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

export interface ActionStep {
  name: string;
  id?: string;
  if?: string;
  uses?: string;
  shell?: string;
  env?: Record<string, string>;
  run?: string;
}

export interface Action {
  inputs: Record<string, { description: string; required?: boolean; default?: string }>;
  outputs: Record<string, { description: string; value: string }>;
  runs: { using: string; steps: ActionStep[] };
}

interface RunOptions {
  /** The checkout that the action is. */
  action: string;
  /** Where the job stands. */
  cwd: string;
  /** `runner.temp`. */
  temp: string;
  with: Record<string, string>;
}

export interface ActionRun {
  /** Exit code of the first step that failed, else 0. */
  code: number;
  outputs: Record<string, string>;
  summary: string;
  log: string;
}

export function readAction(root: string): Action {
  return parse(readFileSync(join(root, 'action.yml'), 'utf8')) as Action;
}

/**
 * Runs the shell steps of a composite action as a runner does: conditions and expressions as far as ours use them, a file for outputs and one for the summary.
 * Steps that use other actions are passed over.
 */
export async function runAction(action: Action, { action: path, cwd, temp, with: given }: RunOptions): Promise<ActionRun> {
  const defaults = Object.entries(action.inputs).map(([name, { default: value }]) => [name, value ?? ''] as const);
  const values = new Map<string, string>([
    ...[...defaults, ...Object.entries(given)].map(([name, value]) => [`inputs.${name}`, value] as const),
    ['runner.temp', temp],
    ['github.action_path', path],
  ]);
  const files = { GITHUB_OUTPUT: join(temp, 'output'), GITHUB_STEP_SUMMARY: join(temp, 'summary') };
  writeFileSync(files.GITHUB_STEP_SUMMARY, '');
  let code = 0;
  let log = '';
  for (const step of action.runs.steps) {
    if (step.run === undefined || !isWanted(step.if, { values, failed: code !== 0 })) continue;
    writeFileSync(files.GITHUB_OUTPUT, '');
    const env = Object.entries(step.env ?? {}).map(([name, value]) => [name, expanded(value, values)]);
    const result = await shell(step.run, {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', HOME: temp, ...files, ...Object.fromEntries(env) },
    });
    log += `--- ${step.name}\n${result.log}`;
    if (code === 0) code = result.code;
    for (const [, name = '', value = ''] of readFileSync(files.GITHUB_OUTPUT, 'utf8').matchAll(/^([^=]+)=(.*)$/gm)) {
      values.set(`steps.${step.id ?? ''}.outputs.${name}`, value);
    }
  }
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, expanded(value, values)]);
  return { code, outputs: Object.fromEntries(outputs), summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'), log };
}

function expanded(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$\{\{ *([\w.-]+) *\}\}/g, (_, name: string) => values.get(name) ?? '');
}

/** Comparisons with a text, put together by `&&`; `always()`. */
function isWanted(
  condition: string | undefined,
  { values, failed }: { values: ReadonlyMap<string, string>; failed: boolean },
): boolean {
  if (condition === 'always()') return true;
  if (failed) return false;
  return (condition ?? '').split('&&').every((part) => {
    const [, name = '', operator, text] = /^\s*([\w.-]+) *(==|!=) *'(.*)'\s*$/.exec(part) ?? [];
    if (operator === undefined) {
      if (part.trim() === '') return true;
      throw new Error(`not understood: ${part}`);
    }
    return ((values.get(name) ?? '') === text) === (operator === '==');
  });
}

/** As `shell: bash` of a composite action. */
async function shell(
  script: string,
  options: { cwd: string; env: Record<string, string> },
): Promise<{ code: number; log: string }> {
  return new Promise((resolve) => {
    execFile('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', script], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, log: stdout + stderr });
    });
  });
}
