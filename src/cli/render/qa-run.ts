import { counted } from '../../base/text.ts';
import type { QaFindingView, QaRunView } from '../../runtime/app/judging/qa-view.ts';
import type { Screen } from '../screen.ts';

export function renderQaRun(view: QaRunView, screen: Screen): string {
  const { paint } = screen;
  const findings = view.findings.map((finding) => findingText(finding, screen)).join('');
  const verdict =
    view.result === 'fail' ? paint.red('fail') : view.flaky.length > 0 ? paint.yellow('pass, flaky') : paint.green('pass');
  const { total, passed, failed, skipped } = view.tests;
  const tests = `${counted(total, 'test')}: ${passed} passed, ${failed} failed, ${skipped} skipped`;
  const tools = Object.entries(view.tools).map(([name, version]) => `${name} ${version}`);
  const covered = total === 0 || view.files.length === 0 ? '' : `, ${Math.round(view.coverage * 100)} % of lines covered`;
  const by = tools.length === 0 ? '' : `${paint.dim(`by ${tools.join(', ')}`)}\n`;
  const left = view.omitted.length === 0 ? '' : `${paint.dim(`left out: ${view.omitted.join(', ')}`)}\n`;
  const bare = view.sandbox.why === null ? '' : `${paint.dim(`without a sandbox: ${view.sandbox.why}`)}\n`;
  return `${findings}${findings === '' ? '' : '\n'}${paint.bold(verdict)}: ${tests}${covered}\n${by}${bare}${left}`;
}

function findingText({ code, level, path, line, message, related }: QaFindingView, { paint }: Screen): string {
  const place = path === null ? '' : `${path}${line === null ? '' : `:${line}`}: `;
  const head = level === 'error' ? paint.red(code) : paint.yellow(code);
  const others = related.length === 0 ? '' : `  see also: ${related.join(', ')}\n`;
  return `${place}${head} ${message.replaceAll('\n', '\n  ')}\n${others}`;
}
