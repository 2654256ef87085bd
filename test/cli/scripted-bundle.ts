import { join } from 'node:path';

import type { Step } from '../runtime/workspace/host/children/scripted-agent.ts';

const CHILD = join(import.meta.dirname, '..', 'runtime', 'workspace', 'host', 'children', 'scripted-agent.ts');

/** A bundle `spec` whose one task is done by an agent that speaks the protocol and takes these steps; `more`: of its configuration. */
export function bundleWith(steps: readonly Step[], more: Record<string, unknown> = {}): Record<string, string> {
  const config = {
    agents: {
      scripted: {
        command: [process.execPath, '--disable-warning=ExperimentalWarning', CHILD],
        env: { PART: JSON.stringify({ steps }) },
      },
    },
    ...more,
  };
  return { 'spec/tasks.md': '# Tasks: Poem\n\n- [ ] T001 Write a poem\n', 'spec/.agentnexus.yaml': JSON.stringify(config) };
}

/** Flags by which it is done by that agent. */
export const DOES = ['--agent', 'scripted', '--unsafe-no-sandbox', '--json'] as const;
