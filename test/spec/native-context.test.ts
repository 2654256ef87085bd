import { expect, it } from 'vitest';

import { ACCOUNTED, accountOf, specOf } from './bundle-of.ts';

it('what tools tell agents is no part of a native specification', async () => {
  const spec = await specOf({
    '.kiro/settings/rules/a.md': '- Rule\n',
    '.kiro/steering/product.md': '# Product\n- [ ] Be kind\n',
    'spec.md': '# Shop\n- Say it\n',
  });
  expect(spec.elements).toHaveLength(1);
  expect(spec.diagnostics.map((each) => each.files)).toEqual([['.kiro/settings/rules/a.md', '.kiro/steering/product.md']]);
  expect(accountOf(spec)).toEqual(ACCOUNTED);
});
