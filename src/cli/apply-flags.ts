import { boolean, integer, option, string } from '@oclif/core/flags';

import { AGENT, DIALECT } from './mission-arg.ts';
import { refuseNotBuilt } from './not-built.ts';
import { UI_MODES } from './progress/reporter.ts';

/** Flags that may be repeated take one value at a time: with more, they would swallow the BUNDLE behind them. */
const repeatable = { multiple: true, multipleNonGreedy: true } as const;

export const APPLY_FLAGS = {
  jobs: integer({
    summary: 'Tasks to run at a time; default as many as there are processors.',
    min: 1,
    max: 1024,
    helpValue: 'N',
  }),
  only: string({ summary: 'Run this task and what it needs; may be repeated.', ...repeatable, helpValue: 'ID' }),
  force: string({ summary: 'Run this task even if it is cached; may be repeated.', ...repeatable, helpValue: 'ID' }),
  dialect: string({ summary: DIALECT, helpValue: 'NAME' }),
  'dry-run': boolean({ summary: 'Show the plan and stop.', default: false }),
  strict: boolean({ summary: 'Take warnings for errors.', default: false }),
  ui: option({
    summary: 'How to show progress: auto, stream, json (CloudEvents on stdout) or silent.',
    options: UI_MODES,
    default: 'auto',
  })(),
  agent: string({ summary: AGENT, helpValue: 'NAME' }),
  locked: boolean({ summary: 'Refuse a graph that is not the one in the lock file.' }),
  detach: boolean({ summary: 'Run in the background (not built yet).' }),
  budget: string({ summary: 'Limit of spending (not built yet).', ...repeatable, helpValue: 'KEY=VALUE' }),
  tick: boolean({ summary: 'Close the boxes of the source whose tasks are done and proven.', default: false }),
  remote: string({ summary: 'Run on a control plane (not built yet).', helpValue: 'NAME' }),
};

const HINTS = {
  detach: 'Leave it out: the mission runs in this process, and goes on with the same command if it is stopped.',
  budget: 'The contract compiler spends nothing; budgets come with model-driven agents.',
  remote: 'Missions run on this machine; control planes come later.',
  ui: 'Use --ui auto, which shows progress on a terminal.',
};

/** Throws `NOT_BUILT` for what is part of the contract and not built yet. */
export function refuseUnbuiltApply(flags: Readonly<Record<string, unknown>>): void {
  const { ui } = flags;
  refuseNotBuilt({ ...flags, ui: ui === 'tui' ? ui : undefined }, HINTS);
}
