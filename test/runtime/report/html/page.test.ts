import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { hexOf, sha256 } from '../../../../src/base/digest.ts';
import { reportPage } from '../../../../src/runtime/report/html/page.ts';
import { largeReport } from '../large-report.ts';

/** Everything between `<` and `>`, with the values of attributes left out: how a page is built, without what it says. */
const structureOf = (page: string): string[] =>
  (page.replaceAll(/<(script|style)>[^]*?<\/\1>/g, '').match(/<[^>]*>/g) ?? []).map((tag) => tag.replaceAll(/"[^"]*"/g, '""'));

const HOSTILE = [
  '</script><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='alert(1)",
  '<!-- -->]]><svg onload=alert(1)>',
  '</title></style></pre></textarea><base href="//evil">',
  '&lt;b&gt;&#x3c;b&#x3e;&',
  '\u0000\u0008\u001b[31m\u202e\u2066\ud800\ufffe\u2028`${x}`',
];

describe('a page', () => {
  const plain = structureOf(reportPage(largeReport({ tasks: 14 })));

  it.each(HOSTILE)('is built the same whatever it says: %j', (text) => {
    expect(structureOf(reportPage(largeReport({ tasks: 14, text })))).toEqual(plain);
  });

  it('is built the same whatever it says', () => {
    const words = fc.string({ unit: 'binary', maxLength: 300 });
    const markup = fc.array(fc.constantFrom('<', '>', '"', "'", '&', '=', '/', '`', '-', '!', '\n', 'script', 'x'), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          words,
          markup.map((parts) => parts.join('')),
        ),
        (text) => {
          const page = reportPage(largeReport({ tasks: 14, text }));
          expect(structureOf(page)).toEqual(plain);
          expect(page).not.toMatch(/(?![\t\n])\p{Cc}|\p{Bidi_Control}|\p{Cs}/u);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('names no place to load anything from, and links to places that it has', () => {
    const page = reportPage(largeReport({ tasks: 14, text: 'https://evil.example/x' }));
    const attributes = [...page.matchAll(/\s(?:src|href|action|data|poster|srcset|xlink:href)="([^"]*)"/g)].map(
      ([, value]) => value,
    );
    expect(attributes.length).toBeGreaterThan(30);
    expect(attributes.filter((value) => !/^#[a-z0-9-]+$/.test(value ?? '') && value !== 'data:,')).toEqual([]);
    const ids = new Set([...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id));
    expect(attributes.filter((value) => value?.startsWith('#') === true && !ids.has(value.slice(1)))).toEqual([]);
    expect(page).not.toMatch(/@import|url\((?!#)/);
  });

  it('has a policy that allows its own style and script, and nothing else', () => {
    const page = reportPage(largeReport({ tasks: 3 }));
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    expect(policy).toContain('default-src &#39;none&#39;');
    for (const element of ['style', 'script']) {
      const bodies = [...page.matchAll(new RegExp(`<${element}>([^]*?)</${element}>`, 'g'))].map(([, body = '']) => body);
      expect(bodies).toHaveLength(1);
      const digest = Buffer.from(hexOf(sha256(bodies[0] ?? '')), 'hex').toString('base64');
      expect(policy).toContain(`${element}-src &#39;sha256-${digest}&#39;`);
    }
    expect(page).not.toMatch(/\s(?:style|on\w+)="/);
  });

  it('says every state by a word and a shape, not by colour alone', () => {
    const page = reportPage(largeReport({ tasks: 14 }));
    for (const state of ['succeeded', 'cached', 'failed', 'skipped', 'running', 'waiting']) {
      expect(page).toContain(`<symbol id="m-${state}"`);
      expect(page).toMatch(
        new RegExp(`<use href="#m-${state}"[^>]*></use></svg>${state}|<use href="#m-${state}"[^>]*></svg\\s*>\\s*${state}`),
      );
    }
  });

  it.each([
    { tasks: 0, milestones: 1 },
    { tasks: 1, milestones: 1 },
    { tasks: 121, milestones: 3 },
    { tasks: 3000, milestones: 3000 },
  ])('can be made of $tasks tasks in $milestones milestones', (size) => {
    const page = reportPage(largeReport(size));
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    expect(page.length).toBeLessThan(8_000_000);
  });

  it('stays a page, however much there is, and says what it leaves out', () => {
    const page = reportPage(largeReport({ tasks: 10_000, text: ' <&> lorem ipsum'.repeat(200) }));
    expect(page.length).toBeLessThan(8_000_000);
    expect(page).toMatch(/[\d,]+ tasks not shown/);
    expect(page).toMatch(/[\d,]+ artifacts not shown/);
    expect(reportPage(largeReport({ tasks: 10_000 })).length).toBeLessThan(4_000_000);
  });
});
