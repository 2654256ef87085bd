import { counted } from '../../base/text.ts';
import type { PolicyEvaluationView, PolicyTestView } from '../../runtime/app/policies/policy-views.ts';
import type { Screen } from '../screen.ts';
import { indented, renderFacts } from './facts.ts';
import { painted } from './state.ts';

export function renderPolicyEvaluation(view: PolicyEvaluationView, screen: Screen): string {
  const { mission, result, policy, engine, input, findings } = view;
  const rows = [
    ['policy', policy.digest === null ? policy.source : `${policy.source}, ${policy.digest}`],
    ['engine', `${engine.name}, ${engine.version}`],
    ['input', input],
  ] as const;
  const lines = findings.map(({ level, message, rule }) => {
    const mark = level === 'deny' ? screen.paint.red('deny') : screen.paint.yellow('warn');
    return `  ${mark}  ${indented(message, 8)}${rule === null ? '' : screen.paint.dim(`  ${rule}`)}\n`;
  });
  const said = lines.length === 0 ? '' : `\n${lines.join('')}`;
  return `${screen.paint.bold(`mission ${mission}`)}: ${painted(result, screen.paint)}\n${renderFacts(rows, screen)}${said}`;
}

export function renderPolicyTest({ tests, passed, failed, skipped, policy }: PolicyTestView, { paint }: Screen): string {
  const lines = tests
    .filter(({ result }) => result !== 'pass')
    .map(({ name, file, row, result, message, printed }) => {
      const more = [...(message === null ? [] : [message]), ...printed].map((text) => `    ${indented(text, 4)}\n`);
      return `  ${painted(result, paint)}  ${name}  ${paint.dim(`${file}:${row}`)}\n${more.join('')}`;
    });
  const rest = skipped === 0 ? '' : `, ${skipped} skipped`;
  const none = tests.length === 0 ? `  there is no rule whose name begins with test_\n` : '';
  return `${paint.bold(policy.source)}: ${counted(tests.length, 'test')}: ${passed} passed, ${failed} failed${rest}\n${none}${lines.join('')}`;
}
