import type { Need, Task, TaskGraph } from './model.ts';

export type GraphFormat = 'tree' | 'mermaid' | 'dot';

/** A task graph as text. `json` is not here: a graph is data already. */
export function renderGraph(graph: TaskGraph, format: GraphFormat): string {
  return RENDERERS[format](graph);
}

const RENDERERS: Record<GraphFormat, (graph: TaskGraph) => string> = { tree: renderTree, mermaid: renderMermaid, dot: renderDot };

/** Needs shown of a task that waits for everything. */
const SHOWN_NEEDS = 8;

/** Milestones, their tasks, and what each task waits for, with the reason. */
function renderTree(graph: TaskGraph): string {
  const milestones = [...Map.groupBy(graph.tasks, (task) => task.milestone)];
  const lines = milestones.flatMap(([milestone, tasks], index) => {
    const last = index === milestones.length - 1;
    return [`${last ? '└─' : '├─'} ${visible(milestone)} (${tasks.length})`, ...treeOf(tasks, last ? '   ' : '│  ')];
  });
  return `${[visible(graph.specification), ...lines].join('\n')}\n`;
}

function treeOf(tasks: readonly Task[], indent: string): string[] {
  return tasks.flatMap((task, index) => {
    const last = index === tasks.length - 1;
    const head = `${indent}${last ? '└─' : '├─'} ${visible(task.id)}  ${visible(task.title)}`;
    const inner = `${indent}${last ? '   ' : '│  '}`;
    return [head, ...shownNeeds(task.needs).map((line) => `${inner}  ${line}`)];
  });
}

function shownNeeds(needs: readonly Need[]): string[] {
  const shown = needs.slice(0, SHOWN_NEEDS).map((need) => `← ${visible(need.task)}: ${visible(need.because)}`);
  return needs.length > SHOWN_NEEDS ? [...shown, `← and ${needs.length - SHOWN_NEEDS} more`] : shown;
}

/** A Mermaid flowchart; arrows go from what is needed to what waits. */
function renderMermaid(graph: TaskGraph): string {
  const names = nodeNames(graph.tasks);
  const nodes = graph.tasks.map((task) => `  ${names.get(task.id)}["${mermaidText(`${task.id}: ${task.title}`)}"]`);
  const edges = graph.tasks.flatMap((task) =>
    knownNeeds(task, names).map((need) => `  ${names.get(need.task)} -->|"${mermaidText(need.because)}"| ${names.get(task.id)}`),
  );
  return `${['flowchart LR', ...nodes, ...edges].join('\n')}\n`;
}

/** Mermaid reads entity codes between quotes, and nothing else is safe there. */
function mermaidText(text: string): string {
  return visible(text).replace(/[^\p{L}\p{N} .,:/_-]/gu, (char) => `#${char.codePointAt(0)};`);
}

/** Graphviz DOT. */
function renderDot(graph: TaskGraph): string {
  const names = nodeNames(graph.tasks);
  const nodes = graph.tasks.map((task) => `  ${names.get(task.id)} [label=${dotText(`${task.id}\n${task.title}`)}];`);
  const edges = graph.tasks.flatMap((task) =>
    knownNeeds(task, names).map((need) => `  ${names.get(need.task)} -> ${names.get(task.id)} [label=${dotText(need.because)}];`),
  );
  return `${[`digraph ${dotText(graph.specification)} {`, '  rankdir=LR;', '  node [shape=box];', ...nodes, ...edges, '}'].join('\n')}\n`;
}

/** A quoted DOT string: backslash and quote are escaped, line breaks become centred lines. */
function dotText(text: string): string {
  const lines = text.split('\n').map((line) => visible(line).replace(/[\\"]/g, '\\$&'));
  return `"${lines.join('\\n')}"`;
}

/** `t0`, `t1`, …: names that need no escaping in either language. */
function nodeNames(tasks: readonly Task[]): Map<string, string> {
  return new Map(tasks.map((task, index) => [task.id, `t${index}`]));
}

function knownNeeds(task: Task, names: ReadonlyMap<string, string>): Need[] {
  return task.needs.filter((need) => names.has(need.task));
}

/** Without control characters and bidirectional overrides, which could make a terminal or a viewer show something else. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u{2028}\u{2029}]/gu, '\u{FFFD}');
}
