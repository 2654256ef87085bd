import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import type { Action, Decision } from '../../../../src/runtime/policy/action.ts';
import { openServer } from '../../../../src/runtime/workspace/model/choose-wire.ts';
import type { LoopEnd, LoopEvent } from '../../../../src/runtime/workspace/model/loop-event.ts';
import { type LoopLimits, runLoop } from '../../../../src/runtime/workspace/model/run-loop.ts';
import type { ToolName } from '../../../../src/runtime/workspace/model/tools/tool.ts';
import { toolbox, TOOL_NAMES } from '../../../../src/runtime/workspace/model/tools/toolbox.ts';
import type { WireName } from '../../../../src/runtime/workspace/model/wire.ts';
import { cleanEnvironment } from '../../../../src/runtime/workspace/process.ts';
import { type ModelOptions, type Script, type ScriptedModel, serveModel } from '../../../support/scripted-model/serve-model.ts';

export interface RunOptions extends ModelOptions {
  wire?: WireName;
  tools?: readonly ToolName[];
  limits?: Partial<LoopLimits>;
  /** What is there before, by path. */
  files?: Record<string, string>;
  decide?: (action: Action) => Decision['verdict'];
  task?: string;
  wallMs?: number;
  idleMs?: number;
  signal?: AbortSignal;
}

export interface Ran {
  end: LoopEnd;
  events: LoopEvent[];
  model: ScriptedModel;
  root: string;
  /** Waits that the loop wanted, in milliseconds; none was waited for. */
  waits: number[];
  read(path: string): string;
}

const open: (() => void | Promise<void>)[] = [];

/** For `afterEach`. */
export async function closeBench(): Promise<void> {
  for (const close of open.splice(0)) await close();
}

export function workspace(files: Record<string, string> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'model-')));
  open.push(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, 'ws');
  mkdirSync(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

export async function scripted(script: Script, options: ModelOptions = {}): Promise<ScriptedModel> {
  const model = await serveModel(script, options);
  open.push(() => model.close());
  return model;
}

/** The loop against a real server that says what the script says, in a real folder. */
export async function runScripted(script: Script, options: RunOptions = {}): Promise<Ran> {
  const model = await scripted(script, options);
  const root = workspace(options.files);
  const events: LoopEvent[] = [];
  const waits: number[] = [];
  const end = await runLoop([{ role: 'user', text: options.task ?? 'Do it.' }], {
    wire: openServer({ baseUrl: `${model.url}/v1`, key: 'key', wire: options.wire, idleMs: options.idleMs ?? 10_000 }),
    model: 'scripted-model',
    instructions: 'Work.',
    tools: toolbox(options.tools ?? TOOL_NAMES),
    bench: {
      root,
      env: cleanEnvironment(dirname(root)),
      signal: options.signal ?? new AbortController().signal,
    },
    limits: { turns: 20, tokens: 1_000_000, ...options.limits },
    pace: {
      remainingMs: () => options.wallMs ?? 600_000,
      async sleep(ms, signal) {
        waits.push(ms);
        await setTimeout(0, undefined, { signal });
      },
    },
    decide: async (action) => ({ verdict: options.decide?.(action) ?? 'allow', rule: 'the test' }),
    hear: (event) => void events.push(event),
  });
  return { end, events, model, root, waits, read: (path) => readFileSync(join(root, path), 'utf8') };
}
