import { describe, expect, it } from 'vitest';

import { readRecipe } from '../../../src/runtime/qa/recipe.ts';

describe('readRecipe', () => {
  it.each([
    [{ build: 'tsc' }, ['tsconfig.json']],
    [{ build: 'tsc -p tsconfig.build.json && cp a b' }, ['tsconfig.build.json']],
    [{ build: 'node_modules/.bin/tsc --project=lib --noEmit' }, ['lib']],
    [{ build: 'tsc -b packages/a', test: 'tsc -p test/tsconfig.json && jest' }, ['packages/a', 'test/tsconfig.json']],
    [{ build: 'tsc', test: 'npm run build && tsc && jest' }, ['tsconfig.json']],
    [{ build: 'esbuild src/index.ts', deploy: 'tsc -p evil.json' }, []],
  ])('finds the projects of %j', (scripts, projects) => {
    expect(readRecipe({ scripts }).projects).toEqual(projects);
  });

  it.each([
    ['jest', undefined],
    ['NODE_OPTIONS=x jest --config jest.unit.js --ci', 'jest.unit.js'],
    ['tsc -p tsconfig.json && node --experimental-vm-modules node_modules/jest/bin/jest.js -c conf/jest.js', 'conf/jest.js'],
  ])('finds the Jest configuration of %j', (test, config) => {
    expect(readRecipe({ scripts: { test } }).jestConfig).toBe(config);
  });

  it('lists what is declared, and takes a package.json that says nothing', () => {
    expect(
      readRecipe({ dependencies: { a: '1' }, devDependencies: { b: '1' }, peerDependencies: { c: '*' } }).dependencies,
    ).toEqual(['a', 'b', 'c']);
    expect(readRecipe({ scripts: 3, dependencies: null })).toEqual({ projects: [], jestConfig: undefined, dependencies: [] });
  });
});
