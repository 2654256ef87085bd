import { parseXml, type XmlElement, XmlElement as Element } from '@rgrove/parse-xml';

import { placeOfFailure, portable } from '../runners/stack.ts';
import type { TestCase } from '../test-runner.ts';
import { byFile, productPath, type ReadReport, type ReportPlace } from './report-content.ts';

/**
 * JUnit XML, as most tools write it: https://github.com/testmoapp/junitxml. The parser knows no entities but XML's own five, and resolves nothing.
 */
export const readJunit: ReadReport = (text, place) => {
  const { root } = parseXml(text);
  if (root === null || !['testsuites', 'testsuite'].includes(root.name)) throw new Error('It has no `testsuites`.');
  const cases = casesIn(root, { names: [], file: undefined }, place);
  const claimed = elements(root, 'testsuite')
    .concat(root)
    .some((suite) => countOf(suite, 'failures') + countOf(suite, 'errors') > 0);
  if (claimed && !cases.some(({ found }) => found.status === 'failed'))
    throw new Error('It counts failures that it does not name.');
  return { files: byFile(cases), lines: new Map(), covered: new Map(), findings: [] };
};

interface Within {
  /** Names of the suites around. */
  names: readonly string[];
  file: string | undefined;
}

function casesIn(element: XmlElement, { names, file }: Within, place: ReportPlace): { path: string; found: TestCase }[] {
  return children(element).flatMap((child) => {
    const at = child.attributes['file'] ?? child.attributes['filepath'] ?? file;
    if (child.name === 'testsuite') return casesIn(child, { names: [...names, child.attributes['name'] ?? ''], file: at }, place);
    return child.name === 'testcase' ? [caseOf(child, { names, file: at }, place)] : [];
  });
}

function caseOf(element: XmlElement, { names, file }: Within, place: ReportPlace): { path: string; found: TestCase } {
  const { name = '', classname = '', line } = element.attributes;
  const path =
    (file && productPath(file, place)) || pathOfClass(classname, place) || pathOfClass(names.at(-1) ?? '', place) || place.name;
  const fault = children(element).find((child) => child.name === 'failure' || child.name === 'error');
  const idle = children(element).some((child) => child.name === 'skipped');
  const full = [classname, name].filter((part) => part !== '' && part !== path).join(' > ');
  const at = line === undefined || !/^\d+$/.test(line) ? {} : { line: Number(line) };
  if (fault === undefined) return { path, found: { name: full, status: idle ? 'skipped' : 'passed', ...at } };
  const words = [fault.attributes['message'], fault.text.trim()].filter((part) => part !== undefined && part !== '');
  const message = portable([...new Set(words)].join('\n'), place.root).slice(0, 4000);
  return { path, found: { name: full, status: 'failed', message, ...at, ...placeOfFailure(message, path) } };
}

/** `parcels.test_weight.TestWeight` may stand for `parcels/test_weight.py`, and `com.example.WeightTest` for a file at the end of that path. */
function pathOfClass(name: string, place: ReportPlace): string | undefined {
  if (place.known.has(name)) return name;
  const parts = name.split(/[./$]|::/).filter((part) => part !== '');
  for (let end = parts.length; end > 0; end--) {
    const stem = parts.slice(0, end).join('/');
    const match = [...place.known].find((path) => {
      const bare = path.replace(/\.\w+$/, '');
      return bare !== path && (bare === stem || bare.endsWith(`/${stem}`));
    });
    if (match !== undefined) return match;
  }
  return undefined;
}

function countOf({ attributes }: XmlElement, name: string): number {
  return Number(attributes[name] ?? 0) || 0;
}

function children(element: XmlElement): XmlElement[] {
  return element.children.filter((child) => child instanceof Element);
}

function elements(element: XmlElement, name: string): XmlElement[] {
  return children(element).flatMap((child) => [...(child.name === name ? [child] : []), ...elements(child, name)]);
}
