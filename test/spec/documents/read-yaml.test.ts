import { describe, expect, it } from 'vitest';

import { readYaml } from '../../../src/spec/documents/read-yaml.ts';

describe('YAML', () => {
  it('is read', () => {
    expect(readYaml('a: [1, "b"]').document.toJS()).toEqual({ a: [1, 'b'] });
    expect(readYaml('').contents).toBeNull();
  });

  it.each([
    ['a: [\n', 'Flow sequence in block collection must be sufficiently indented and end with a ]', 5],
    ['a: 1\nb: 2\na: 3\n', 'Map keys must be unique', 10],
    ['x:\n  - { a: 1, a: 2 }\n', 'Map keys must be unique', 15],
    ['a: 1\na: 2\nb: [\n', 'Map keys must be unique', 5],
  ])('has its first fault told: %j', (text, message, offset) => {
    expect(readYaml(text).fault).toEqual({ message, offset });
  });

  it('may have a thousand aliases, and not more: each is looked up from the beginning', () => {
    const withAliases = (count: number): string => `a: &a 1\nb: [${'*a, '.repeat(count)}]\n`;
    expect(readYaml(withAliases(900)).fault).toBeUndefined();
    expect(readYaml(withAliases(1100)).fault?.message).toBe('More than 1000 aliases');
  });

  it('may have a key twice where that is allowed', () => {
    expect(readYaml('a: 1\na: 2\n', { uniqueKeys: false }).fault).toBeUndefined();
  });

  it('leaves the stacks of errors as deep as they were', () => {
    const limit = Error.stackTraceLimit;
    readYaml('a: ]\n');
    expect(Error.stackTraceLimit).toBe(limit);
  });
});
