import type { AgentDefinition } from '../../workspace/host/agent-definition.ts';
import { findProgram } from '../../workspace/host/find-program.ts';
import type { AgentItem } from '../views.ts';
import { readConfig } from '../config.ts';
import { sandboxFor } from '../judging/sandbox-for.ts';

/** Something without which an agent cannot work here. */
type Lack = AgentItem['missing'][number];

/** What an agent has and lacks here. */
export interface Usability {
  program: string | null;
  missing: Lack[];
}

/** Looks whether an agent could work here, without starting it. */
export async function usability(definition: AgentDefinition, { unconfined = false } = {}): Promise<Usability> {
  const { path } = readConfig();
  const program = findProgram(definition.command[0], path);
  const sandbox = await sandboxFor({ unconfined });
  const walls = await sandbox.missing();
  return {
    program: program ?? null,
    missing: [
      ...(program === undefined ? [absent(definition)] : []),
      ...walls.map(({ what, hint }): Lack => ({ of: 'sandbox', what, hint })),
      ...modelLacks(definition),
    ],
  };
}

function absent({ command, install }: AgentDefinition): Lack {
  const hint = install === undefined ? `Install ${command[0]}, and see that it is on PATH.` : `Get it with: ${install}`;
  return { of: 'program', what: `its program ${command[0]} is not on PATH`, hint };
}

function modelLacks({ name, dialect, model }: AgentDefinition): Lack[] {
  if (dialect === undefined || model !== undefined) return [];
  const environment = name === 'model' ? ', or set AGENTNEXUS_MODEL' : '';
  const hint = `Say which in .agentnexus.yaml: agents: { ${name}: { model: NAME } }${environment}`;
  return [{ of: 'model', what: 'no model is chosen for it', hint }];
}
