import type { PlanView } from '../../runtime/app/views.ts';
import { oneLine } from '../printable.ts';

/** The plan in Graphviz' DOT: arrows lead from a task to those that wait for it, dashed where the edge was inferred. */
export function renderDot({ specification, tasks }: PlanView): string {
  const known = new Set(tasks.map(({ id }) => id));
  const nodes = tasks.map(({ id, title, cached }) => `  ${text(id)} [tooltip=${text(title)}${cached ? ', style=dashed' : ''}];`);
  const edges = tasks.flatMap((task) =>
    task.needs
      .filter((need) => known.has(need.task))
      .map(
        (need) =>
          `  ${text(need.task)} -> ${text(task.id)} [label=${text(need.because)}${need.kind === 'inferred' ? ', style=dashed' : ''}];`,
      ),
  );
  return `${[`digraph ${text(specification.id)} {`, '  rankdir=LR;', '  node [shape=box];', ...nodes, ...edges, '}'].join('\n')}\n`;
}

function text(raw: string): string {
  return `"${oneLine(raw).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
