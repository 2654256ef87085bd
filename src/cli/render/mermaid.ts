import type { PlanView } from '../../runtime/app/views.ts';
import { oneLine } from '../printable.ts';

/** The plan as a Mermaid flowchart: arrows lead from a task to those that wait for it, dashed where the edge was inferred. */
export function renderMermaid({ tasks }: PlanView): string {
  const names = new Map(tasks.map(({ id }, index) => [id, `t${index}`]));
  const nodes = tasks.map((task) => `  ${names.get(task.id)}["${text(task.id)}"]${task.cached ? ':::cached' : ''}`);
  const edges = tasks.flatMap((task) =>
    task.needs
      .filter((need) => names.has(need.task))
      .map(
        (need) =>
          `  ${names.get(need.task)} ${need.kind === 'inferred' ? '-.->' : '-->'}|"${text(need.because)}"| ${names.get(task.id)}`,
      ),
  );
  return `${['flowchart LR', ...nodes, ...edges, '  classDef cached stroke-dasharray: 4 3'].join('\n')}\n`;
}

/** Mermaid has no escapes but entities, written with `#`. */
function text(raw: string): string {
  return oneLine(raw).replaceAll(/[#"<>&`|]/g, (character) => `#${character.charCodeAt(0)};`);
}
