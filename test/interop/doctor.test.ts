import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, expect, it, onTestFinished, vi } from 'vitest';

import { doctor } from '../../src/runtime/app/upkeep/doctor.ts';
import { openWorkspace } from '../../src/runtime/app/workspace.ts';
import { createSrtSandbox } from '../../src/runtime/workspace/sandbox/srt-sandbox.ts';

const missing = await createSrtSandbox().missing();
if (missing.length > 0) process.stdout.write(`skipped: doctor: ${missing.map(({ what }) => what).join(', ')}\n`);

afterEach(() => vi.unstubAllEnvs());

// Only where there are walls does it matter who gets to what is inside of them.
it.skipIf(missing.length > 0 || process.getuid?.() !== 0)(
  'tells nobody elsewhere which folder above the workspace is closed',
  async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'doctor-'));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    const keys = join(cwd, 'keys');
    vi.stubEnv('AGENTNEXUS_KEYS', keys);
    const closed = join(cwd, 'a house');
    mkdirSync(closed, { mode: 0o700 });
    const workspace = openWorkspace({ cwd, workspace: join(closed, 'workspace') }).dir;
    const asked = async (more: object): Promise<string> => JSON.stringify((await doctor({}, { cwd, workspace, ...more })).checks);
    expect(await asked({})).toContain(`${closed} is closed`);
    const afar = await asked({ allowance: { scopes: new Set(['workspace:admin']) } });
    expect(afar.replaceAll(workspace, '').replaceAll(keys, '')).not.toContain(cwd);
    expect(afar).toContain(`a folder of the server is closed`);
  },
);
