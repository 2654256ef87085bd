import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { call } from '../../../src/runtime/app/call.ts';
import type { ApplyInput, CallContext, OperationName, Operations } from '../../../src/runtime/app/operations.ts';
import type { MissionView } from '../../../src/runtime/app/views.ts';

/** A folder with a workspace and keys of its own, driven through the table of operations: everything is real but the agent, which is a script. */
export interface AppBench {
  dir: string;
  /** The workspace folder. */
  workspace: string;
  write(path: string, content: string): void;
  call<N extends OperationName>(
    name: N,
    input: Operations[N]['input'],
    context?: Partial<CallContext>,
  ): Promise<Operations[N]['output']>;
  /** `apply` of `spec/` by `script.yaml`. */
  apply(input?: Partial<ApplyInput>, context?: Partial<CallContext>): Promise<MissionView>;
  remove(): void;
}

export function appBench(): AppBench {
  const dir = mkdtempSync(join(tmpdir(), 'app-'));
  const before = process.env['AGENTNEXUS_KEYS'];
  process.env['AGENTNEXUS_KEYS'] = join(dir, 'keys');
  const workspace = join(dir, '.agentnexus');
  const bench: AppBench = {
    dir,
    workspace,
    write(path, content) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), content);
    },
    call: (name, input, context = {}) => call(name, input, { cwd: dir, workspace, ...context }),
    async apply(input, context) {
      const view = await bench.call('apply', { bundle: 'spec', agent: 'script:script.yaml', jobs: 2, ...input }, context);
      if (view.kind !== 'Mission') throw new TypeError('not a mission');
      return view;
    },
    remove() {
      if (before === undefined) delete process.env['AGENTNEXUS_KEYS'];
      else process.env['AGENTNEXUS_KEYS'] = before;
      rmSync(dir, { recursive: true, force: true });
    },
  };
  return bench;
}

/** A source with these tasks, one after the other where `parallel` does not say otherwise. */
export function tasksFile(titles: readonly string[], { title = 'Notes', parallel = false } = {}): string {
  const lines = titles.map((each, at) => `- [ ] T${String(at + 1).padStart(3, '0')}${parallel ? ' [P]' : ''} ${each}`);
  return `# Tasks: ${title}\n\n## Phase 1\n\n${lines.join('\n')}\n`;
}

/** Every task leaves a file of its own. */
export const SIMPLE_SCRIPT = `version: 1
tasks:
  T001: { writes: { one.md: "one\\n" } }
  T002: { writes: { two.md: "two\\n" } }
  T003: { writes: { three.md: "three\\n" } }
`;
