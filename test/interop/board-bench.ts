import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, connect, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import axeCore from 'axe-core';
import type { Browser, Page } from 'playwright-core';

import { buildBoard } from '../../scripts/build/board.ts';
import { call } from '../../src/runtime/app/call.ts';
import { identityToken, type MockSigstore } from '../support/mock-sigstore.ts';
import { ALL, ServerBench, SPEC } from '../runtime/serve/server-bench.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A line between browser and server that can be cut. */
class Line {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  isDown = false;

  constructor(to: number) {
    this.#server = createServer((near) => {
      if (this.isDown) {
        near.destroy();
        return;
      }
      const far = connect(to, '127.0.0.1');
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket);
        socket.on('error', () => other.destroy());
        socket.on('close', () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.#server.close();
    this.cut();
  }
}

/** A control plane with the board as it is built from the sources, and a line to it. */
export class BoardBench {
  readonly plane: ServerBench;
  readonly line: Line;
  readonly url: string;
  /** What pages have complained about. */
  readonly complaints: string[] = [];
  readonly #root: string;

  private constructor(plane: ServerBench, { line, url, root }: { line: Line; url: string; root: string }) {
    this.plane = plane;
    this.line = line;
    this.url = url;
    this.#root = root;
  }

  static async open(): Promise<BoardBench> {
    const root = mkdtempSync(join(tmpdir(), 'board-'));
    symlinkSync(join(ROOT, 'schemas'), join(root, 'schemas'));
    const { files } = await buildBoard(ROOT);
    for (const [path, content] of files) {
      const target = join(root, 'dist', 'board', path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
    }
    const plane = await ServerBench.open({ root });
    const line = new Line(Number(new URL(plane.url).port));
    return new BoardBench(plane, { line, url: await line.open(), root });
  }

  async remove(): Promise<void> {
    this.line.close();
    await this.plane.remove();
    rmSync(this.#root, { recursive: true, force: true });
  }

  /** A page on which somebody is signed in. */
  async page(browser: Browser, { path = '/board/', dark = false }: { path?: string; dark?: boolean } = {}): Promise<Page> {
    const context = await browser.newContext({ colorScheme: dark ? 'dark' : 'light', viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    page.on('console', (message) => {
      const isOurs = message.type() === 'error' && !/ERR_(?:CONNECTION|EMPTY|INCOMPLETE)|status of 40[14]/.test(message.text());
      if (isOurs) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('dialog', (dialog) => {
      this.complaints.push(`dialog ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(`${this.url}${path}`);
    await page.getByLabel('Token').fill(ALL);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
    return page;
  }

  /** A mission that somebody's certificate signs, run to its end. */
  async keyless(sigstore: MockSigstore): Promise<string> {
    const dir = mkdtempSync(join(this.plane.dir, 'keyless-'));
    writeFileSync(join(dir, 'spec.md'), SPEC.replaceAll('Note', 'Certified'));
    writeFileSync(join(dir, 'signing_config.json'), sigstore.signingConfig());
    writeFileSync(join(dir, 'trusted_root.json'), sigstore.trustedRoot);
    const context = { cwd: dir, workspace: this.plane.host.engine.workspace.dir };
    process.env['SIGSTORE_ID_TOKEN'] = identityToken();
    try {
      const signed = { signing: 'keyless', signingConfig: 'signing_config.json', trustedRoot: 'trusted_root.json' } as const;
      const view = await call('apply', { bundle: 'spec.md', ...signed }, context);
      if (view.kind !== 'Mission') throw new Error('no mission');
      return view.id;
    } finally {
      delete process.env['SIGSTORE_ID_TOKEN'];
    }
  }

  /** A mission with so many tasks, so many in each phase; two of them wait for minutes and so keep the others waiting. */
  async large(tasks: number, each = 250): Promise<string> {
    const dir = mkdtempSync(join(this.plane.dir, 'large-'));
    const lines = Array.from(
      { length: tasks },
      (_, at) => `- [ ] T${String(at + 1).padStart(5, '0')} [P] Move service ${at + 1} in src/s${at + 1}.txt`,
    );
    const phases = Array.from(
      { length: tasks / each },
      (_, at) => `## Phase ${at + 1}: Wave ${at + 1}\n\n${lines.slice(at * each, at * each + each).join('\n')}\n`,
    );
    writeFileSync(join(dir, 'tasks.md'), `# Tasks: Fleet\n\n${phases.join('\n')}`);
    writeFileSync(
      join(dir, 'spec.md'),
      '# Feature Specification: Fleet\n\n## Requirements\n\n- **FR-001**: System MUST move every service.\n',
    );
    writeFileSync(join(dir, 'script.yaml'), "version: 1\ntasks: {}\ndefault:\n  waits: 600000\n  run: ['true']\n");
    const workspace = this.plane.host.engine.workspace.dir;
    const context = { cwd: dir, workspace, beginOnly: true };
    const view = await call('apply', { bundle: dir, agent: `script:${join(dir, 'script.yaml')}` }, context);
    if (view.kind !== 'Mission') throw new Error('no mission');
    return view.id;
  }
}

/** What axe finds wrong with a page: rule and place. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axeCore.source);
  return page.evaluate(async () => {
    const { axe: tool } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { target: unknown[]; failureSummary?: string }[] }[] }> };
    };
    const found = await tool.run();
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map(({ target, failureSummary }) => `${id} ${target.join(' ')} ${failureSummary}`),
    );
  });
}
