import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, it } from 'vitest';

import { runTextScript } from './run-text-script.ts';

const scripts = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.txt'));

/** Some scripts run whole missions. */
const TIMEOUT = 240_000;

describe('the command line', () => {
  it.concurrent.for(scripts)('%s', { timeout: TIMEOUT }, async (name, { expect, onTestFinished }) => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'spec-kit-')));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    await expect(runTextScript(readFileSync(join(import.meta.dirname, name), 'utf8'), folder)).resolves.toBeUndefined();
  });

  it('has scripts', ({ expect }) => {
    expect(scripts.length).toBeGreaterThan(5);
  });
});
