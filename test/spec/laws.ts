import { expect } from 'vitest';

import { NexusError } from '../../src/base/errors.ts';
import { buildGraph } from '../../src/spec/build-graph.ts';
import { interpret } from '../../src/spec/interpret.ts';
import type { Specification, TaskGraph } from '../../src/spec/model.ts';
import { ACCOUNTED, accountOf, bundleOf } from './bundle-of.ts';

/** Generous for a busy machine; what hangs takes minutes. */
const TIME_LIMIT = 2000;

/** Everything that must hold for any bundle in any dialect: checked, and the specification handed back (undefined if it leads out of the bundle). */
export function checkLaws(files: Record<string, string>, dialect: string): Specification | undefined {
  const started = performance.now();
  const spec = interpretOrRefuse(files, dialect);
  if (spec === undefined) return undefined;
  const graph = buildGraph(spec);
  expect(performance.now() - started).toBeLessThan(TIME_LIMIT);
  expect(accountOf(spec)).toEqual(ACCOUNTED);
  expect(new Set(spec.elements.map((element) => element.id)).size).toBe(spec.elements.length);
  expect(misplaced(graph)).toEqual([]);
  expect(badPlaces(spec, files)).toEqual([]);
  return spec;
}

/** Needs that come later than what waits for them, or that are no task. */
function misplaced({ tasks }: TaskGraph): string[] {
  const seen = new Set<string>();
  return tasks.flatMap(({ id, needs }) => {
    const late = needs.filter((need) => !seen.has(need.task)).map((need) => `${id} ← ${need.task}`);
    seen.add(id);
    return late;
  });
}

function badPlaces(spec: Specification, files: Record<string, string>): string[] {
  const places = spec.diagnostics.map(({ code, file, line, column, message, hint }) => ({
    code,
    file,
    line,
    column,
    said: message !== '' && hint !== '',
  }));
  const odd = places.filter(({ file, line, column, said }) => !(file in files) || line < 1 || column < 1 || !said);
  const lines = new Set(places.map(({ file, line }) => `${file}:${line}`));
  const unnamed = spec.lines.filter(
    (run) =>
      run.class === 'not-understood' &&
      !Array.from({ length: run.endLine - run.line + 1 }, (_, index) => `${run.file}:${run.line + index}`).some((line) =>
        lines.has(line),
      ),
  );
  return [
    ...odd.map(({ code, file, line }) => `${code} ${file}:${line}`),
    ...unnamed.map(({ file, line }) => `unnamed ${file}:${line}`),
  ];
}

function interpretOrRefuse(files: Record<string, string>, dialect: string): Specification | undefined {
  try {
    return interpret(bundleOf(files), { dialect });
  } catch (error) {
    if (error instanceof NexusError && error.code === 'BUNDLE_ESCAPE') return undefined;
    throw error;
  }
}
