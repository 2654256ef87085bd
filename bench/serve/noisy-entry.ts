import { systemClock } from '../../src/base/clock.ts';
import { openHost } from '../../src/runtime/app/host/host.ts';
import { SCOPES } from '../../src/runtime/app/operation-contracts.ts';
import { readOrder } from '../../src/runtime/app/host/read-order.ts';
import { keepResident } from '../../src/runtime/app/host/resident-host.ts';
import { openWorkspace } from '../../src/runtime/app/workspace.ts';
import { tokenAuthority } from '../../src/runtime/serve/principal.ts';
import { serve } from '../../src/runtime/serve/server.ts';

/** Milliseconds between two commits; each has as many entries as the rate asks for. */
const PACE = 10;

// A server, as a process, whose log grows at a rate: `node noisy-entry.ts DIR TOKEN`, then a line `RATE SECONDS` on stdin.
const [dir = '', token = ''] = process.argv.slice(2);
const context = { cwd: dir, workspace: dir };
const host = await openHost(openWorkspace(context), context, { readOrder, jobs: 1 });
keepResident(host);
const authorities = [tokenAuthority(token, { name: 'owner', scopes: new Set(SCOPES) })];
const { url } = await serve({ host, authorities, root: `${import.meta.dirname}/../..` }, { host: '127.0.0.1', port: 0 });
process.stdout.write(`${url}\n`);

process.stdin.on('data', (line) => {
  const [rate = 0, seconds = 0] = String(line).split(' ').map(Number);
  const started = systemClock.now();
  let written = 0;
  const timer = setInterval(() => {
    const elapsed = systemClock.now() - started;
    const due = Math.floor((Math.min(elapsed, seconds * 1000) * rate) / 1000) - written;
    written += due;
    const data = { sent: systemClock.now(), padding: 'x'.repeat(200) };
    void host.engine.log.append(Array.from({ length: due }, () => ({ kind: 'bench.note', data })));
    if (elapsed < seconds * 1000) return;
    clearInterval(timer);
    process.stdout.write(`${written}\n`);
  }, PACE);
});
