import type { JsonObject } from '../../base/json.ts';
import type { Element, LineRun, Need, SourceSpan, Specification, Task } from '../model.ts';
import { ASSEMBLE, newTask, newVerification, SCAFFOLD, slugOf, WORK } from './task.ts';

/** Lays out the package that everything else is written into. */
export function scaffoldTask({ id, title, version, source }: Specification): Task {
  return newTask('scaffold', {
    id: SCAFFOLD,
    title: `Package ${id}`,
    source,
    writes: [
      'package.json',
      'tsconfig*.json',
      'jest.config.*',
      '.gitignore',
      '.prettierignore',
      '.prettierrc.json',
      'src/base/**',
      'test/base/**',
    ],
    fragment: version === undefined ? { name: id, title } : { name: id, title, version },
  });
}

/** Index, documents and the matrix from every line of the source to the files it led to; then the check of the whole. */
export function assembleTasks(specification: Specification, tasks: readonly Task[]): Task[] {
  const { id, title, elements, lines, source } = specification;
  const waitedFor = neededWork(tasks);
  const makers = tasks.filter((task) => task.kind !== 'verification' && !waitedFor.has(task.id));
  const needs = makers.map((task): Need => ({
    task: task.id,
    kind: 'structural',
    because: 'the package is made of all its parts',
  }));
  const assemble = newTask('assemble', {
    id: ASSEMBLE,
    title: `Assemble ${id}`,
    source,
    needs,
    writes: ['README.md', 'src/index.ts', 'TRACEABILITY.md', 'traceability.json', 'docs/**', 'test/package.*'],
    requirements: elements.filter((element) => element.kind === 'control').map((element) => element.id),
    fragment: {
      name: id,
      title,
      elements: elements.map(listedElement),
      controls: elements.flatMap(listedControl),
      lines: lines.map(listedLines),
    },
  });
  return [assemble, newVerification(assemble, needs, { id: 'package', title: 'the whole package' })];
}

/** The tasks of the source that another of them waits for: whoever waits for the last ones waits for them too. */
function neededWork(tasks: readonly Task[]): Set<string> {
  const work = tasks.filter((task) => task.kind === 'work');
  const ids = new Set(work.map((task) => task.id));
  return new Set(work.flatMap((task) => task.needs.flatMap((need) => (ids.has(need.task) ? [need.task] : []))));
}

/** The check of what the source's own tasks have left, all together: one of them may well mend, or test, what another has made. */
export function workCheck(specification: Specification, tasks: readonly Task[]): Task[] {
  const work = tasks.filter((task) => task.kind === 'work');
  const [last] = work.slice(-1);
  if (last === undefined) return [];
  const because = 'checks what it left behind';
  const whole = tasks.filter((task) => task.kind === 'assemble');
  return [
    {
      ...newVerification(last, [], { id: 'work', title: `the work of ${specification.id}` }),
      optional: false,
      milestone: whole.length > 0 ? 'Package' : 'Work',
      priority: 'P1',
      needs: [...work, ...whole].map((task): Need => ({ task: task.id, kind: 'structural', because })),
      requirements: [],
      fragment: { verifies: WORK },
      source: specification.source,
    },
  ];
}

/** Everything before the gate: every check. */
export function gateTask(specification: Specification, tasks: readonly Task[]): Task {
  const needs = tasks
    .filter((task) => task.kind === 'verification')
    .map((task): Need => ({ task: task.id, kind: 'structural', because: 'nothing is released unverified' }));
  return newTask('gate', {
    id: 'gate',
    title: `Gate of ${specification.id}`,
    source: specification.source,
    needs,
    fragment: { name: specification.id },
  });
}

/** Elements that files are named after; the ids of others (`requirement:001-shop:fr-001`) need not be names of files. */
const FILED: ReadonlySet<Element['kind']> = new Set(['component', 'contract', 'integration', 'control']);

function listedElement({ id, kind, name, source }: Element): JsonObject {
  return { id, kind, name, slug: FILED.has(kind) ? slugOf(id) : kind, source: listedSource(source) };
}

function listedControl(element: Element): JsonObject[] {
  if (element.kind !== 'control') return [];
  const { id, text, section, source } = element;
  return [{ id, text, section, source: listedSource(source) }];
}

function listedSource({ file, line, endLine }: SourceSpan): JsonObject {
  return { file, line, endLine };
}

/** Which lines became what; never what they say, so that a typo in prose changes no task. */
function listedLines({ file, line, endLine, class: what, element }: LineRun): JsonObject {
  return { file, from: line, to: endLine, what: element ?? what };
}
