// `report.js KIND FILE [OUTPUTS]`: what a step of CI has come to. Outputs go to the file OUTPUTS, Markdown to stdout. It runs on any Node.js.
import { appendFileSync, readFileSync } from 'node:fs';

const [kind, file, outputFile] = process.argv.slice(2);
const text = readFileSync(file, 'utf8');
if (text.trim() === '') throw new Error(`${file} is empty`);
const document = JSON.parse(text);

const { outputs, lines } = { mission, verification, promotion }[kind](document);
if (outputFile !== undefined) {
  appendFileSync(
    outputFile,
    Object.entries(outputs)
      .map(([name, value]) => `${name}=${oneLine(String(value))}\n`)
      .join(''),
  );
}
process.stdout.write(`${lines.join('\n')}\n\n`);

function mission(view) {
  if (view.kind !== 'Mission') return refused(view);
  const { id, state, gate, head, output, tasks, finishedAt, specification } = view;
  const finished = finishedAt !== null && finishedAt !== undefined;
  const reasons = gate.reasons.slice(0, 20).map((reason) => `- ${code(reason)}`);
  return {
    outputs: { mission: id, state, gate: gate.result, head: head ?? '', product: output ?? '', finished },
    lines: [
      `### AgentNexus: ${code(specification?.title ?? id)}`,
      '',
      '| mission | state | gate | tasks |',
      '| --- | --- | --- | --- |',
      `| ${code(id)} | ${state} | ${gate.result} | ${tasks.succeeded + tasks.cached} of ${tasks.total}, ${tasks.cached} cached |`,
      ...(reasons.length > 0 ? ['', ...reasons] : []),
    ],
  };
}

function verification(view) {
  if (view.kind !== 'Verification') return refused(view);
  const { result, checked, failures } = view;
  const counts = Object.entries(checked).map(([what, count]) => `${count} ${what}`);
  return {
    outputs: { verification: result },
    lines: [
      `Evidence: **${result}** (${counts.join(', ')})`,
      '',
      ...failures.slice(0, 20).map(({ subject, code: name, message }) => `- ${code(subject)} ${name}: ${code(message)}`),
    ],
  };
}

function promotion(view) {
  if (view.kind !== 'Promotion') return refused(view);
  const { target, state, url, steps } = view;
  const where = typeof url === 'string' && /^https:\/\/[^\s<>()]+$/.test(url) ? `[${code(target)}](${url})` : code(target);
  return { outputs: { promotion: state, url: url ?? '' }, lines: [`Promotion to ${where}: **${state}**, ${steps.length} steps`] };
}

/** What a command prints when it could not do its work. */
function refused({ code: name = '', message = 'There is no result.', hint = '' }) {
  return {
    outputs: { error: name },
    lines: [`### AgentNexus`, '', `**${name}** ${code(message)}`, ...(hint === '' ? [] : ['', code(hint)])],
  };
}

/** Nothing of a specification or a policy is Markdown, or starts another line. */
function code(value) {
  return `\`${oneLine(String(value)).replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}

function oneLine(value) {
  return value.replaceAll(/\s+/g, ' ');
}
