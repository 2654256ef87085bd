import { NexusError } from '../../../base/errors.ts';
import { runProcess } from '../../workspace/process.ts';
import type { AgentDefinition } from '../../workspace/host/agent-definition.ts';
import { RESERVED_NAMES } from '../../workspace/host/built-in-agents.ts';
import { readConfig } from '../config.ts';
import { localConfig } from '../source/open-source.ts';
import type { CallContext, Handler } from '../operations.ts';
import type { ModelCheck } from '../../workspace/model/check-model.ts';
import type { AgentItem } from '../views.ts';
import { readAgents } from './read-agents.ts';
import { usability } from './usability.ts';

/** Every agent that can be named, and whether it could work here. */
export const listAgents: Handler<'agents.list'> = async ({ bundle }, context) => {
  const definitions = await known(bundle, context);
  const items = await Promise.all(definitions.map((definition) => itemOf(definition)));
  return { kind: 'Agents', items: [COMPILER, ...items] };
};

/** One agent, or all, looked at more closely: programs are asked for their versions. */
export const checkAgents: Handler<'agents.check'> = async ({ bundle, name }, context) => {
  const definitions = await known(bundle, context);
  if (name === COMPILER.name) return { kind: 'Agents', items: [COMPILER] };
  const wanted = name === undefined ? definitions : definitions.filter((definition) => definition.name === name);
  if (wanted.length === 0) throw unknown(name ?? '', definitions);
  const items = await Promise.all(
    wanted.map(async (definition) => {
      const item = await withVersion(await itemOf(definition), context);
      // Only the one that was asked about: a look at a server goes out.
      return name === undefined ? item : withModel(item, { definition, context });
    }),
  );
  return { kind: 'Agents', items: name === undefined ? [COMPILER, ...items] : items };
};

/** Part of this program: nothing can be missing. */
const COMPILER: AgentItem = {
  name: 'compiler',
  from: 'built in',
  protocol: 'acp',
  command: null,
  program: null,
  version: null,
  model: null,
  usable: true,
  missing: [],
};

async function known(bundle: string | undefined, context: CallContext): Promise<AgentDefinition[]> {
  return [...(await readAgents(localConfig(bundle, context))).values()];
}

async function itemOf(definition: AgentDefinition): Promise<AgentItem> {
  const { program, missing } = await usability(definition);
  const { name, protocol, command, model = null } = definition;
  const from = RESERVED_NAMES.has(name) ? 'built in' : 'configuration';
  return { name, from, protocol, command: [...command], program, version: null, model, usable: missing.length === 0, missing };
}

/** Whether its server can be reached, and has its model. Dialects other than OpenAI's have no list that all servers keep. */
async function withModel(
  item: AgentItem,
  { definition: { dialect, model }, context }: { definition: AgentDefinition; context: CallContext },
): Promise<AgentItem> {
  if (dialect !== 'openai' || model === undefined) return item;
  const [{ checkModel }, { modelServers }, { secretDesk }] = await Promise.all([
    import('../../workspace/model/check-model.ts'),
    import('./model-servers.ts'),
    import('../access/secrets.ts'),
  ]);
  const desk = secretDesk(context);
  const { baseUrl, key } = modelServers(readConfig().environment, (name) => desk.value(name)).openai;
  try {
    const lack = modelLack(await checkModel({ baseUrl, model, key: typeof key === 'function' ? await key() : key }), {
      baseUrl,
      model,
    });
    return lack === undefined ? item : { ...item, usable: false, missing: [...item.missing, lack] };
  } finally {
    await desk.close();
  }
}

function modelLack(
  found: ModelCheck,
  { baseUrl, model }: { baseUrl: string; model: string },
): AgentItem['missing'][number] | undefined {
  if (!found.reachable) {
    const hint = 'Set AGENTNEXUS_MODEL_URL, and the key that this server wants: docs/models.md.';
    return { of: 'model', what: `its server ${baseUrl} cannot be used: ${found.why}`, hint };
  }
  if (found.hasModel !== false) return undefined;
  const some = found.models?.slice(0, 10).join(', ') || 'none';
  return { of: 'model', what: `its server ${baseUrl} has no model ${model}`, hint: `It has: ${some}.` };
}

/** Milliseconds that a program may take to say its version. */
const VERSION_MS = 10_000;

async function withVersion(item: AgentItem, { cwd }: CallContext): Promise<AgentItem> {
  // Only programs that people have installed: what a repository names is not run for a look at it.
  if (item.program === null || item.from !== 'built in' || item.program === process.execPath) return item;
  const { path, home } = readConfig();
  const env = { PATH: path, HOME: home, NO_COLOR: '1' };
  const result = await runProcess([item.program, '--version'], { cwd, env, timeoutMs: VERSION_MS }).catch(() => undefined);
  const version = /\d+\.\d+(?:\.\d+)?\S*/.exec(result?.code === 0 ? result.stdout : '')?.[0];
  return { ...item, version: version ?? null };
}

function unknown(name: string, definitions: readonly AgentDefinition[]): NexusError {
  return new NexusError('NOT_FOUND', `There is no agent \`${name}\`.`, {
    hint: `There are compiler, ${definitions.map((definition) => definition.name).join(', ')}; others go into .agentnexus.yaml (docs/agents.md).`,
    details: { agent: name },
  });
}
