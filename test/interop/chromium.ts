import { accessSync, constants } from 'node:fs';

import type { TestContext } from 'vitest';

import { type Browser, chromium } from 'playwright-core';

/** Where distributions put it; `CHROMIUM` names another. Nothing is fetched. */
const PLACES = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export type FoundBrowser = { browser: Browser } | { missing: string };

/** For `beforeAll`: starts the browser of this machine. Never throws: what is missing says why, and its tests are skipped with that. */
export async function openBrowser(): Promise<FoundBrowser> {
  const path = PLACES.find((each) => each !== undefined && isExecutable(each));
  if (path === undefined) return { missing: `Chromium is at none of ${PLACES.filter(Boolean).join(', ')}` };
  try {
    // Its own walls need rights that root in a container does not have; the pages are ours.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    return { browser: await chromium.launch({ executablePath: path, args }) };
  } catch (error) {
    return { missing: `${path} does not start: ${String(error).split('\n')[0]}` };
  }
}

/** The browser; skips the test where there is none. */
export function needBrowser(context: TestContext, found: FoundBrowser): Browser {
  if ('missing' in found) context.skip(found.missing);
  if ('browser' in found) return found.browser;
  throw new Error('no browser');
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
