import { boolean, integer, option, string } from '@oclif/core/flags';

import { AGENT, BASE, DIALECT, POLICY } from './mission-arg.ts';
import { ANSWER_WITHIN, NO_INPUT } from './answer-within.ts';
import { UI_MODES } from './progress/reporter.ts';

/** What every `--budget` says of itself. */
export const BUDGET =
  'What the mission may use: tokens, money, energy, attempts (numbers) or wall (30s, 10m, 2h); with `task.` before it, each task. May be repeated.';

/** Flags that may be repeated take one value at a time: with more, they would swallow the BUNDLE behind them. */
export const repeatable = { multiple: true, multipleNonGreedy: true } as const;

export const APPLY_FLAGS = {
  jobs: integer({
    summary: 'Tasks to run at a time; default ten, or two more than there are processors.',
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
    summary: 'How to show progress: auto, tui (the monitor), stream, json (CloudEvents on stdout) or silent.',
    options: UI_MODES,
    default: 'auto',
  })(),
  base: string({ summary: BASE, helpValue: 'REV' }),
  branch: string({
    summary:
      'Branch that is moved to the result once the gate has passed; default agentnexus/ and the name of the specification.',
    helpValue: 'NAME',
  }),
  agent: string({ summary: AGENT, helpValue: 'NAME' }),
  'unsafe-no-sandbox': boolean({
    summary: 'Run the agent without walls around it, as you. The log and the evidence say so.',
    default: false,
  }),
  replay: string({
    summary: 'Run this mission again from what its models said then: no network, the same tree.',
    helpValue: 'MISSION',
  }),
  locked: boolean({ summary: 'Refuse a graph that is not the one in the lock file.' }),
  detach: boolean({ summary: 'Run it in a process of its own, and return when the mission has begun.', default: false }),
  budget: string({ summary: BUDGET, ...repeatable, helpValue: 'KEY=VALUE' }),
  priority: option({
    summary: 'Whose tasks go first where several missions run; P1 where nothing else says otherwise.',
    options: ['P0', 'P1', 'P2'] as const,
  })(),
  'require-approval': string({
    summary: 'A person must approve this task, or kind of tasks (gate, work …), before it starts; may be repeated.',
    ...repeatable,
    helpValue: 'ID[=DURATION]',
  }),
  prompt: string({
    summary: "File with a MissionPrompt (JSON): the mission's id, objective, priority and specification.",
    helpValue: 'FILE',
  }),
  'answer-within': ANSWER_WITHIN,
  'no-input': NO_INPUT,
  policy: string({ summary: POLICY, helpValue: 'FILE' }),
  signing: option({
    summary:
      'How statements are signed: by the local key, or keyless by an identity; default what .agentnexus.yaml says, else key.',
    options: ['key', 'keyless'] as const,
  })(),
  'signing-config': string({
    summary:
      'Services to sign keyless with (signing_config.json); default AGENTNEXUS_SIGNING_CONFIG, else those of the public Sigstore.',
    helpValue: 'FILE',
  }),
  'trusted-root': string({
    summary: 'Trusted root that keyless signatures count under (trusted_root.json); default AGENTNEXUS_TRUSTED_ROOT.',
    helpValue: 'FILE',
  }),
  'release-policy': string({
    summary:
      'What the gate asks beside its own rules: a folder of Rego, a .rego file, an OPA bundle, `default`, or the address of an OPA server.',
    helpValue: 'PATH',
  }),
  'policy-engine': option({
    summary: 'What evaluates the release policy; auto: compiled bundles as they are, all else by the evaluator that is shipped.',
    options: ['auto', 'embedded', 'wasm', 'opa'] as const,
  })(),
  'policy-key': string({
    summary: 'Public key (PEM) that the release policy, an OPA bundle, must be signed by.',
    helpValue: 'FILE',
  }),
  scan: option({
    summary:
      'Look the product up for known vulnerabilities with osv-scanner: offline, in its database on this machine, or online, which tells ' +
      'api.osv.dev what packages it has; default what .agentnexus.yaml says, else off.',
    options: ['offline', 'online', 'off'] as const,
  })(),
  tick: boolean({ summary: 'Close the boxes of the source whose tasks are done and proven.', default: false }),
};
