import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';

import { ISSUER, MockSigstore, WORKFLOW } from '../support/mock-sigstore.ts';
import { ALL } from '../runtime/serve/server-bench.ts';
import { BoardBench, violations } from './board-bench.ts';
import { type FoundBrowser, needBrowser, openBrowser } from './chromium.ts';

const HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)> \u202egpj.exe';
const spec = (title: string, contract: string): string =>
  `# ${title}\n\n## Contracts\n\n- Contract: ${contract}\n  - Schema: \`{ id: UUID, text: string }\`\n`;

let found: FoundBrowser;
let bench: BoardBench;
let mission: string;
beforeAll(async () => {
  found = await openBrowser();
  if ('missing' in found) return;
  bench = await BoardBench.open();
  const specification = await bench.plane.send(spec(HOSTILE, 'Note'));
  mission = (await bench.plane.post('/v1/missions', { specification })).body.id;
  await bench.plane.ended(mission);
}, 180_000);
afterAll(async () => {
  if (!('browser' in found)) return;
  await found.browser.close();
  await bench.remove();
});

const open = async (context: TestContext, path?: string, dark = false): Promise<Page> =>
  bench.page(needBrowser(context, found), { ...(path === undefined ? {} : { path }), dark });

const at = (tab = ''): string => `/board/missions/${mission}${tab}`;

describe('the board', () => {
  it('shows a mission, and has the browser verify what is proven about it', async (context) => {
    const page = await open(context);
    await page.getByRole('link', { name: '<script>alert(1)' }).click();
    await page.getByRole('heading', { level: 1 }).filter({ hasText: '<script>' }).waitFor();
    await page.getByRole('link', { name: 'Evidence' }).click();
    await page.getByText('Verified in this browser').waitFor();
    expect(await page.locator('[data-verified]').getAttribute('data-verified')).toBe('true');
    const statements = page.locator('table').first().locator('tbody tr');
    expect(await statements.count()).toBeGreaterThan(3);
    expect(await statements.filter({ hasText: 'verified' }).count()).toBe(await statements.count());
    await page.close();
  });

  it('believes no key but the one that was pinned', async (context) => {
    const page = await open(context, at('/evidence'));
    await page.getByRole('button', { name: 'Pin these keys' }).click();
    await page.getByText('pinned', { exact: true }).first().waitFor();
    await page.evaluate(() => {
      const pins = JSON.parse(localStorage.getItem('agentnexus.pins') ?? '{}');
      localStorage.setItem('agentnexus.pins', JSON.stringify({ ...pins, signing: [`sha256:${'0'.repeat(64)}`] }));
    });
    await page.reload();
    await page.getByText('Does not verify').waitFor();
    expect(await page.getByText('not the one you pinned').count()).toBe(1);
    await page.close();
  });

  it('takes a proof that was changed on its way for what it is', async (context) => {
    const page = await open(context);
    await page.route('**/proof', async (route) => {
      const response = await route.fetch();
      const body = await response.body();
      const { gunzipSync, gzipSync } = await import('node:zlib');
      const tar = gunzipSync(body);
      const place = tar.indexOf('export ');
      tar[place] = 0x45;
      await route.fulfill({ response, body: gzipSync(tar) });
    });
    await page.goto(`${bench.url}${at('/evidence')}`);
    await page.getByText('Does not verify').waitFor();
    expect(await page.getByText('its bytes are not those that were signed for').count()).toBeGreaterThan(0);
    await page.close();
  });

  it('shows hostile names as they are, and runs nothing of them', async (context) => {
    for (const path of ['/board/', at(), at('/graph'), at('/timeline'), at('/gate'), at('/log'), '/board/audit']) {
      const page = await open(context, path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await page.locator('#board script, #board img').count(), path).toBe(0);
      expect(await page.evaluate("document.body.innerText.includes('\\u202e')"), path).toBe(false);
      await page.close();
    }
    expect(bench.complaints).toEqual([]);
  });

  it('loads nothing from elsewhere, and says so to the browser', async (context) => {
    const browser = needBrowser(context, found);
    const asked: string[] = [];
    const page = await (await browser.newContext()).newPage();
    page.on('request', (request) => asked.push(new URL(request.url()).origin));
    const response = await page.goto(`${bench.url}/`);
    expect(page.url()).toBe(`${bench.url}/board/`);
    const policy = response?.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    await page.getByLabel('Token').waitFor();
    expect(new Set(asked)).toEqual(new Set([bench.url]));
    await page.close();
  });
});

describe.each([
  ['light', false],
  ['dark', true],
])('axe finds nothing wrong in %s', (_, dark) => {
  it.for([
    '/board/',
    '/board/approvals',
    '/board/audit',
    '/board/nowhere',
    '/tasks',
    '/graph',
    '/timeline',
    '/gate',
    '/evidence',
    '/cost',
    '/log',
  ])('with %s', async (path, context) => {
    const page = await open(context, path.startsWith('/board') ? path : at(path), dark);
    await page.getByRole('heading', { level: 1 }).waitFor();
    if (path === '/evidence' || path === '/gate') await page.getByText('Verified in this browser').waitFor();
    if (path === '/board/audit') await page.locator('.log button').first().click();
    if (path === '/tasks') await page.locator('.tasks a').first().click();
    await page.waitForTimeout(300);
    expect(await violations(page)).toEqual([]);
    await page.close();
  });

  it('with the page on which one signs in', async (context) => {
    const browser = needBrowser(context, found);
    const page = await (await browser.newContext({ colorScheme: dark ? 'dark' : 'light' })).newPage();
    await page.goto(`${bench.url}/board/`);
    await page.getByLabel('Token').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.close();
  });
});

describe('a line that is cut', () => {
  it('is seen, is taken up again, and loses nothing', async (context) => {
    const page = await open(context, '/board/audit');
    const rows = async (): Promise<number[]> =>
      page
        .locator('tr[data-seq]')
        .evaluateAll((all) => all.map((row) => Number(Reflect.get(Reflect.get(row, 'dataset'), 'seq'))));
    await page.locator('tr[data-seq]').first().waitFor();
    const before = bench.plane.host.engine.log.size;
    for (let round = 0; round < 3; round++) {
      await bench.plane.write(5);
      bench.line.isDown = true;
      bench.line.cut();
      await page.getByText(/^Reconnecting/).waitFor();
      await bench.plane.write(20);
      bench.line.isDown = false;
      await page.getByRole('button', { name: 'Retry now' }).click();
      await page.getByText('Live', { exact: true }).waitFor();
      await bench.plane.write(5);
    }
    const after = bench.plane.host.engine.log.size;
    await page.locator(`tr[data-seq="${after - 1}"]`).waitFor();
    const wanted = Array.from({ length: after - before }, (_, index) => after - 1 - index);
    expect((await rows()).slice(0, wanted.length)).toEqual(wanted);
    await page.close();
  });
});

describe('somebody who signs out', () => {
  it('is out, and live again after signing in', async (context) => {
    const page = await open(context, '/board/audit');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token').waitFor();
    await page.reload();
    await page.getByLabel('Token').fill(ALL);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token').fill('another');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This token is not known here.').waitFor();
    await page.getByLabel('Token').fill(ALL);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
    await bench.plane.write(1);
    await page.locator(`tr[data-seq="${bench.plane.host.engine.log.size - 1}"]`).waitFor();
    expect(
      await page.evaluate("Object.keys(sessionStorage).concat(Object.keys(localStorage)).includes('agentnexus.token')"),
    ).toBe(false);
    await page.close();
  });
});

describe('somebody without a mouse', () => {
  it('approves a mission, which then goes on', { timeout: 180_000 }, async (context) => {
    const browser = needBrowser(context, found);
    const specification = await bench.plane.send(spec('Waits for me', 'Asked'));
    const { body } = await bench.plane.post('/v1/missions', { specification, requireApproval: ['gate'] });
    const page = await bench.page(browser, { path: '/board/' });
    await bench.plane.ended(body.id);
    const press = async (until: string): Promise<void> => {
      for (let tries = 0; tries < 60; tries++) {
        await page.keyboard.press('Tab');
        const name = String(await page.evaluate("document.activeElement?.textContent ?? ''"));
        if (name.startsWith(until)) return;
      }
      throw new Error(`the keyboard does not lead to ${until}`);
    };
    await page.getByRole('link', { name: /^Approvals\s*1/ }).waitFor();
    await page.evaluate('document.activeElement?.blur()');
    await press('Approvals');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Approve/ }).waitFor();
    await press('Approve');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.type('looks right');
    await page.keyboard.press('Enter');
    await page.getByText('Nothing waits for a person.').waitFor();
    expect(await page.evaluate('document.activeElement?.tagName')).toBe('H1');
    const logs = await bench.plane.ask(`/v1/missions/${body.id}/logs`);
    expect(JSON.stringify(logs.body.items)).toContain('looks right');
    for (let tries = 0; tries < 300; tries++) {
      if ((await bench.plane.ask(`/v1/missions/${body.id}`)).body.state === 'succeeded') break;
      await page.waitForTimeout(100);
    }
    expect((await bench.plane.ask(`/v1/missions/${body.id}`)).body.state).toBe('succeeded');
    await page.close();
  });
});

describe('a mission that certificates sign', () => {
  it(
    'is verified with WebCrypto, asks nobody for its proof, and is believed of nobody else',
    { timeout: 240_000 },
    async (context) => {
      needBrowser(context, found);
      const sigstore = await MockSigstore.start();
      try {
        const id = await bench.keyless(sigstore);
        sigstore.asked.clear();
        const page = await open(context, `/board/missions/${id}/evidence`);
        await page.getByText('Verified in this browser').waitFor();
        await page.getByText(`${WORKFLOW} (${ISSUER})`).first().waitFor();
        await page.getByText('Trusted root of Sigstore').waitFor();
        await page.getByRole('button', { name: 'Pin these keys' }).click();
        await page.getByText('by whom you have pinned').waitFor();
        expect(await violations(page)).toEqual([]);
        await page.evaluate(() => {
          const pins = JSON.parse(localStorage.getItem('agentnexus.pins') ?? '{}');
          localStorage.setItem(
            'agentnexus.pins',
            JSON.stringify({ ...pins, identities: ['me@example.com (https://accounts.example)'] }),
          );
        });
        await page.reload();
        await page.getByText('Does not verify').waitFor();
        expect(await page.locator('tbody').getByText('verified', { exact: true }).count()).toBe(0);
        expect(sigstore.asked.size).toBe(0);
        await page.close();
        expect(bench.complaints).toEqual([]);
      } finally {
        sigstore.stop();
      }
    },
  );
});

describe('a mission of 10,000 tasks', () => {
  let large: string;
  beforeAll(async () => {
    if ('browser' in found) large = await bench.large(10_000);
  }, 60_000);
  afterAll(async () => {
    if (!('browser' in found)) return;
    await bench.plane.post(`/v1/missions/${large}/cancel`);
    await bench.plane.ended(large);
  }, 60_000);

  const nodes = async (page: Page): Promise<number> => Number(await page.evaluate("document.querySelectorAll('*').length"));
  const id = (number: number): string => `work:t${String(number).padStart(5, '0')}`;

  it('is shown in part, found in whole, and stays usable while it is told of', { timeout: 180_000 }, async (context) => {
    const page = await open(context, '/board/audit');
    let reads = 0;
    page.on('request', (request) => (reads += request.url().endsWith('/report') ? 1 : 0));
    await page.goto(`${bench.url}/board/missions/${large}`);
    const rows = page.locator('.tasks tbody tr:not(.gap)');
    await rows.first().waitFor();
    expect(await rows.count()).toBeLessThan(200);
    expect(await nodes(page)).toBeLessThan(2000);
    expect(Number(await page.locator('table.tasks').getAttribute('aria-rowcount'))).toBeGreaterThan(10_000);
    // As a fast mission tells of itself, while somebody looks for something.
    const { log } = bench.plane.host.engine;
    const told = Array.from({ length: 1100 }, (_, index) => {
      const data = { attempt: 1, title: 'x', taskKind: 'work', key: `sha256:${'0'.repeat(64)}` };
      return [
        { kind: 'task.started', mission: large, task: id(index + 1), data },
        { kind: 'task.failed', mission: large, task: id(index + 1), data: { attempt: 1, reason: 'it is a test' } },
      ];
    });
    const telling = (async () => {
      for (let from = 0; from < told.length; from += 20) await log.append(told.slice(from, from + 20).flat());
    })();
    await page.getByPlaceholder('Find a task').fill('t10000');
    await page.getByRole('link', { name: id(10_000) }).waitFor();
    expect(await rows.count()).toBe(2);
    const one = {
      mission: large,
      task: id(10_000),
      data: { attempt: 1, title: 'x', taskKind: 'work', key: `sha256:${'0'.repeat(64)}` },
    };
    await log.append([{ ...one, kind: 'task.started' }]);
    await rows
      .filter({ hasText: id(10_000) })
      .getByText('running')
      .waitFor();
    await page.getByPlaceholder('Find a task').fill('');
    await telling;
    await page.getByRole('button', { name: /^failed 1100/ }).waitFor();
    expect(reads).toBe(1);
    await page.close();
    expect(bench.complaints).toEqual([]);
  });

  it('is led through by the keyboard, also to rows that are not drawn', async (context) => {
    const page = await open(context, `/board/missions/${large}`);
    const focused = async (name: string): Promise<void> => page.locator('a:focus').filter({ hasText: name }).waitFor();
    await page.getByRole('link', { name: id(1) }).focus();
    await page.keyboard.press('ArrowDown');
    await focused(id(2));
    await page.keyboard.press('End');
    await focused('gate');
    expect(await page.locator('.tasks tbody tr').count()).toBeLessThan(200);
    expect(await violations(page)).toEqual([]);
    for (let back = 0; back < 10; back++) await page.keyboard.press('PageUp');
    await page.keyboard.press('Home');
    await focused(id(1));
    await page.close();
  });

  it('is drawn by milestones, and each piece by piece; when it ran, by lanes', async (context) => {
    const page = await open(context, `/board/missions/${large}/graph`);
    await page.getByRole('button', { name: /Wave 3 / }).click();
    await page.getByRole('link', { name: new RegExp(`^${id(501)}`) }).waitFor();
    await page.getByText('1 to 200 of 250 tasks').waitFor();
    await page.getByRole('button', { name: 'Behind' }).click();
    await page.getByRole('link', { name: new RegExp(`^${id(750)}`) }).waitFor();
    expect(await nodes(page)).toBeLessThan(3000);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Timeline' }).click();
    await page.locator('svg.timeline').waitFor();
    await page
      .locator('.timeline title', { hasText: /^lane \d+: [\d,]+ attempts, failed$/ })
      .first()
      .waitFor({ state: 'attached' });
    expect(await nodes(page)).toBeLessThan(2000);
    expect(await violations(page)).toEqual([]);
    await page.close();
  });
});
