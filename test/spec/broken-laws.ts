import { NexusError } from '../../src/base/errors.ts';
import { buildGraph } from '../../src/spec/build-graph.ts';
import { interpret } from '../../src/spec/interpret.ts';
import { checkedTasks } from '../../src/runtime/mission/checked-tasks.ts';
import type { Specification, TaskGraph } from '../../src/spec/model.ts';
import type { Bundle } from '../../src/spec/read-bundle.ts';
import { renderGraph } from '../../src/spec/render-graph.ts';
import { accountOf } from './bundle-of.ts';

/** What must hold for any bundle in any dialect: the specification (undefined if the bundle is refused), and the laws it breaks. */
export async function readByLaw(
  bundle: Bundle,
  dialect?: string,
): Promise<{ specification: Specification | undefined; broken: string[] }> {
  const specification = await interpretOrRefuse(bundle, dialect);
  if (specification === undefined) return { specification, broken: [] };
  const graph = buildGraph(specification);
  renderGraph(graph, 'mermaid');
  const ids = specification.elements.map((element) => element.id);
  const account = Object.entries(accountOf(specification)).filter(([, count]) => count !== 0);
  const broken = [
    ...account.map(([what, count]) => `${count} ${what}`),
    ...(new Set(ids).size === ids.length ? [] : ['two elements have one id']),
    ...misplaced(graph),
    ...unchecked(graph),
    ...badPlaces(specification, bundle),
  ];
  return { specification, broken };
}

async function interpretOrRefuse(bundle: Bundle, dialect: string | undefined): Promise<Specification | undefined> {
  try {
    return await interpret(bundle, dialect === undefined ? {} : { dialect });
  } catch (error) {
    if (error instanceof NexusError && error.code === 'BUNDLE_ESCAPE') return undefined;
    throw error;
  }
}

/** Needs that come later than what waits for them, or that are no task. */
function misplaced({ tasks }: TaskGraph): string[] {
  const seen = new Set<string>();
  return tasks.flatMap(({ id, needs }) => {
    const late = needs.filter((need) => !seen.has(need.task)).map((need) => `${id} stands before ${need.task}`);
    seen.add(id);
    return late;
  });
}

/** What is made, and no check looks at: nobody could ever take such a result for another's. */
function unchecked(graph: TaskGraph): string[] {
  const covered = checkedTasks(graph);
  const made = graph.tasks.filter(({ ability }) => ability !== 'qa' && ability !== 'gate');
  return made.filter(({ id }) => !covered.has(id)).map(({ id }) => `${id} is never checked`);
}

/** Diagnostics that stand nowhere or say nothing, and lines that were not understood and that no diagnostic names. */
function badPlaces({ diagnostics, lines }: Specification, { files }: Bundle): string[] {
  const paths = new Set(files.map(({ path }) => path));
  const faulty = new Set(files.flatMap(({ path, fault }) => (fault === undefined ? [] : [path])));
  const ends = new Map(lines.map(({ file, endLine }) => [file, endLine]));
  // A file that is no text has no lines that are counted.
  const endOf = (file: string): number => ends.get(file) ?? (faulty.has(file) ? Infinity : 1);
  const odd = diagnostics.filter(
    ({ file, line, column, message, hint }) =>
      !paths.has(file) || line < 1 || line > endOf(file) || column < 1 || message === '' || hint === '',
  );
  const places = new Set(diagnostics.map(({ file, line }) => `${file}:${line}`));
  const unnamed = lines.filter(
    (run) =>
      run.class === 'not-understood' &&
      !Array.from({ length: run.endLine - run.line + 1 }, (_, index) => `${run.file}:${run.line + index}`).some((place) =>
        places.has(place),
      ),
  );
  return [
    ...odd.map(({ code, file, line }) => `${code} at ${file}:${line}`),
    ...unnamed.map(({ file, line }) => `${file}:${line} is not understood, and not named`),
  ];
}
