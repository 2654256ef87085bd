import { describe, expect, it } from 'vitest';

import { codesOf, judgeFiles } from '../judge-files.ts';
import { PACKAGE_JSON } from '../product.ts';

describe('a product of Jest and node:test', () => {
  it('has each file run by the tool that it is for', async () => {
    const result = await judgeFiles({
      'package.json': JSON.stringify({ ...PACKAGE_JSON, scripts: { test: 'jest' } }),
      'jest.config.js': 'export default { transform: {} };\n',
      'src/half.js': 'export const half = (n) => {\n  if (n > 9) throw new Error("too large");\n  return n / 2;\n};\n',
      'test/half.test.js':
        "import { expect, it } from '@jest/globals';\nimport { half } from '../src/half.js';\nit('halves', () => expect(half(4)).toBe(2));\n",
      'test/large.test.js': "import { half } from '../src/half.js';\ntest('uses globals', () => {\n  half(10);\n});\n",
      'test/plain.test.mjs': "import { test } from 'node:test';\ntest('is plain', () => {});\n",
    });
    expect(result).toMatchObject({
      passed: ['test/half.test.js > halves', 'test/plain.test.mjs > is plain'],
      tools: { jest: expect.stringMatching(/^30\./), node: process.versions.node },
    });
    expect(codesOf(result)).toEqual(['QA_TEST_FAILED test/large.test.js']);
    expect(result.findings).toMatchObject([{ line: 3, related: ['src/half.js'] }]);
    expect(result.coverageByPath.get('src/half.js')).toBe(1);
  });
});
