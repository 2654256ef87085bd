import type { AgentItem, AgentsView } from '../../runtime/app/views.ts';
import type { Screen } from '../screen.ts';
import { table } from '../table.ts';

/** Which agents there are, and whether each could work here. */
export function renderAgents({ items }: AgentsView, screen: Screen): string {
  const columns = [{ title: 'agent', keep: true }, { title: 'usable', keep: true }, { title: 'model' }, { title: 'why not' }];
  const rows = items.map(({ name, usable, model, missing }) => [
    name,
    usable ? 'yes' : 'no',
    model ?? '',
    missing.map(({ what }) => what).join('; '),
  ]);
  return table(columns, rows, screen);
}

/** The same, with all that is known, and what to do. */
export function renderAgentCheck({ items }: AgentsView, screen: Screen): string {
  return items.map((item) => one(item, screen)).join('\n');
}

function one({ name, usable, command, program, version, model, missing }: AgentItem, { paint }: Screen): string {
  const facts = [
    ...(command === null ? [] : [`  command  ${command.join(' ')}`]),
    ...(program === null ? [] : [`  program  ${program}${version === null ? '' : `, ${version}`}`]),
    ...(model === null ? [] : [`  model    ${model}`]),
    ...missing.flatMap(({ what, hint }) => [`  missing  ${what}`, `           ${paint.cyan('hint:')} ${hint}`]),
  ];
  return `${name}: ${usable ? paint.green('usable') : paint.red('not usable here')}\n${facts.map((line) => `${line}\n`).join('')}`;
}
