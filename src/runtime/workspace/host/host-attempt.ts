import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { Digest } from '../../../base/digest.ts';
import { messageOf, NexusError } from '../../../base/errors.ts';
import { canonicalBytes, type JsonValue } from '../../../base/json.ts';
import type { Chronicle } from '../../policy/agent-event.ts';
import type { Tree } from '../../vault/artifact.ts';
import type { AgentResult, Brief, Conditions } from '../agent.ts';
import { type Changes, collectChanges } from '../collect-changes.ts';
import type { Pass } from '../gateway/gateway.ts';
import type { NoteUse } from '../memory/memory-tools.ts';
import { toolsFor } from '../model/own-agent.ts';
import type { ConfinedProcess } from '../sandbox/sandbox.ts';
import type { Usage } from '../usage.ts';
import type { AgentDefinition } from './agent-definition.ts';
import type { AgentMemory } from './agent-memory.ts';
import { briefTemplate } from './brief/brief-template.ts';
import { briefText } from './brief/brief-text.ts';
import { confinementOf } from './confine.ts';
import { Docket } from './docket.ts';
import { fillIn, type Given } from './fill-in.ts';
import { findProgram } from './find-program.ts';
import type { HostBench } from './hosted-agent.ts';
import type { Terms } from './terms.ts';
import type { TurnEnd } from './turn.ts';
import { openWorkingCopy, type WorkingCopy } from './working-copy.ts';

interface AttemptOptions {
  definition: AgentDefinition;
  bench: HostBench;
  /** What it is called in the log. */
  agent: string;
  signal: AbortSignal;
  chronicle: Chronicle;
}

/** Words of the sandbox that are written down. */
const MAX_VIOLATIONS = 100;

/** One attempt by an agent that is a program of its own, from the copy it gets to the look at what it has left. */
export async function hostAttempt(brief: Brief, options: AttemptOptions): Promise<AgentResult> {
  const { definition, bench, agent, signal, chronicle } = options;
  const program = findProgram(definition.command[0], bench.path);
  if (program === undefined) return { outcome: 'failed', reason: `${definition.command[0]} is not installed.` };
  const terms = bench.termsFor(brief.task);
  const docket = new Docket({ agent, profile: brief.task.profile, terms, chronicle, ...askOf(brief, options) });
  const tree = brief.tree().filter(({ path }) => terms.decide({ kind: 'read', path }).verdict === 'allow');
  const secrets = await handOut(docket, { bench, terms });
  if ('fault' in secrets) return { outcome: 'failed', reason: secrets.fault };
  const { told, conditions } = await tell(brief, { bench, terms, tree, note: noteOf(options) });
  const copy = openWorkingCopy(tree, { brief, scratch: bench.scratch });
  const pass = openPass(options, { terms, copy });
  let memory: AgentMemory | undefined;
  try {
    memory = await openMemory(brief, options, { terms, docket });
    const end = await turn({ ...options, terms, docket, copy, program, pass, memory, told, secrets: secrets.values });
    const besides = { ...usageOf(pass, end), conditions, ...(await keepTranscript(end, bench)) };
    if (signal.aborted) return { outcome: 'failed', reason: 'It was stopped.', ...besides };
    if (end.end === 'failed') return { outcome: 'failed', reason: end.reason, ...besides };
    const changes = collectChanges(copy.product, tree);
    if ('fault' in changes) return { outcome: 'failed', reason: `What it left cannot be kept: ${changes.fault}.`, ...besides };
    const stray = (await outsideOf(changes, docket)) ?? nothingFor(changes, docket);
    if (stray !== undefined) return { outcome: 'failed', reason: stray, ...besides };
    return { outcome: 'done', files: changes.files, removed: changes.removed, ...besides };
  } finally {
    pass?.close();
    memory?.pass.close();
    copy.remove();
  }
}

/** The secrets of its profile, each told to the log before it is given away. */
async function handOut(
  docket: Docket,
  { bench, terms }: { bench: HostBench; terms: Terms },
): Promise<{ values: Readonly<Record<string, string>> } | { fault: string }> {
  if (terms.secrets.length === 0) return { values: {} };
  if (bench.secretsFor === undefined) return { fault: 'Its profile names secrets, and there are none here.' };
  try {
    const values = await bench.secretsFor(terms.secrets);
    for (const name of terms.secrets)
      await docket.record({ kind: 'secret', name }, { verdict: 'allow', rule: `secrets: ${name}` });
    return { values };
  } catch (error) {
    if (!(error instanceof NexusError) || !error.code.startsWith('SECRET_')) throw error;
    return { fault: `${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}` };
  }
}

function askOf(brief: Brief, { bench, ...told }: AttemptOptions): Pick<ConstructorParameters<typeof Docket>[0], 'ask'> {
  const asked = bench.ask?.(brief, told);
  return asked === undefined ? {} : { ask: asked };
}

async function tell(
  brief: Brief,
  { bench, terms, tree, note }: { bench: HostBench; terms: Terms; tree: Tree; note: NoteUse },
): Promise<{ told: string; conditions: Conditions }> {
  const memory = (await bench.recall?.(brief)) ?? [];
  if (memory.length > 0) await note({ use: 'recall' }, JSON.parse(JSON.stringify(memory)) as JsonValue);
  const { text: template } = briefTemplate(brief.task.kind);
  const told = briefText(brief, { template, tree, writes: brief.task.kind === 'work' ? undefined : brief.task.writes, memory });
  const digest = await bench.keep(Buffer.from(told));
  return { told, conditions: { sandbox: bench.sandbox.name, brief: digest, profile: terms.digest } };
}

/** The agent's right to its model, for as long as the attempt lasts. */
function openPass(
  { definition, bench, agent, chronicle }: AttemptOptions,
  { terms, copy }: { terms: Terms; copy: WorkingCopy },
): Pass | undefined {
  const { dialect, model = '' } = definition;
  if (dialect === undefined) return undefined;
  const places = { workspace: copy.product, home: copy.home };
  return bench.gateway?.open({ agent, dialect, model, energy: terms.energy, record: chronicle, places });
}

/** Its right to the memory; what is no agent that is spoken with has no way to use it. */
async function openMemory(
  brief: Brief,
  options: AttemptOptions,
  { terms, docket }: { terms: Terms; docket: Docket },
): Promise<AgentMemory | undefined> {
  const { definition, bench } = options;
  if (definition.protocol !== 'acp') return undefined;
  const record: Docket['record'] = (action, decision) => docket.record(action, decision);
  return bench.memoryFor?.({ agent: definition.name, brief, terms, record, note: noteOf(options) });
}

/** What is asked of the memory goes into the store, and by its digest into the log. */
function noteOf({ agent, bench, chronicle }: AttemptOptions): NoteUse {
  return async (request, answer) => {
    const [asked, said] = [await bench.keep(canonicalBytes(request)), await bench.keep(canonicalBytes(answer))];
    await chronicle({ kind: 'memory.used', agent, request: asked, answer: said });
  };
}

interface TurnParts extends AttemptOptions {
  terms: Terms;
  docket: Docket;
  copy: WorkingCopy;
  program: string;
  pass: Pass | undefined;
  memory: AgentMemory | undefined;
  told: string;
  secrets: Readonly<Record<string, string>>;
}

async function turn(parts: TurnParts): Promise<TurnEnd> {
  const { definition, bench, copy, program, pass, docket, signal } = parts;
  const given: Given = {
    gateway: pass?.baseUrl ?? '',
    token: pass?.token ?? '',
    model: definition.model ?? '',
    home: copy.home,
  };
  layHome(definition, { copy, given });
  const confinement = confinementOf(definition, { ...parts, given });
  const [, ...args] = definition.command;
  // Itself, and no link to it: links may not be there inside.
  const argv = [realpathSync(program), ...args.map((word) => fillIn(word, given))] as const;
  const confined = await bench.sandbox.start([...argv], confinement, signal);
  try {
    try {
      return await speak(confined, parts);
    } finally {
      confined.kill();
      await confined.ended.catch(() => undefined);
      // Only now has the sandbox said all: most agents live on after their turn.
      await recordViolations(confined, docket);
    }
  } catch (error) {
    // What is wrong with the log, or with the machine, is not the agent's fault.
    if (error instanceof NexusError && error.code !== 'TOOL_MISSING') throw error;
    return { end: 'failed', reason: `It could not be worked with: ${messageOf(error)}` };
  }
}

async function speak(
  confined: ConfinedProcess,
  { definition, bench, terms, copy, told, docket, memory, signal }: TurnParts,
): Promise<TurnEnd> {
  const { redact = (text) => text } = bench;
  if (definition.protocol === 'exec') {
    const { execTurn } = await import('./exec-turn.ts');
    return execTurn(confined, { told, redact });
  }
  const { acpTurn } = await import('./acp/acp-turn.ts');
  const tools = toolsFor(terms.kinds);
  const work = { told, folder: copy.product, tools, docket, memory, redact, signal };
  return acpTurn(confined, definition, { ...work, limits: bench.acp ?? {} });
}

function layHome({ homeFiles = {} }: AgentDefinition, { copy, given }: { copy: WorkingCopy; given: Given }): void {
  for (const [path, text] of Object.entries(homeFiles)) {
    const target = join(copy.home, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, fillIn(text, given));
  }
}

async function recordViolations(confined: ConfinedProcess, docket: Docket): Promise<void> {
  for (const what of confined.violations().slice(0, MAX_VIOLATIONS)) {
    await docket.record({ kind: 'other', what }, { verdict: 'deny', rule: 'the sandbox' });
  }
}

/** Why what it left cannot be accepted: one file that its profile does not let it write is enough. */
async function outsideOf({ files, removed }: Changes, docket: Docket): Promise<string | undefined> {
  for (const path of [...files.map((file) => file.path), ...removed]) {
    const action = { kind: 'write', path } as const;
    const decision = docket.judge(action);
    if (decision.verdict === 'allow') continue;
    // Not all agents ask beforehand.
    if (decision.verdict === 'ask' && (await docket.permit([action]))) continue;
    if (decision.verdict !== 'ask') await docket.record(action, { ...decision, verdict: 'deny' });
    return `It changed ${path}, which its profile does not let it write (${decision.rule}).`;
  }
  return undefined;
}

/** Some agents stop at the first no, and call that done. */
function nothingFor({ files, removed }: Changes, { denied }: Docket): string | undefined {
  if (denied === undefined || files.length + removed.length > 0) return undefined;
  return `It left nothing, after it was denied what it asked for: ${JSON.stringify(denied).slice(0, 500)}.`;
}

async function keepTranscript({ transcript }: TurnEnd, bench: HostBench): Promise<{ transcript?: Digest }> {
  return transcript === undefined ? {} : { transcript: await bench.keep(Buffer.from(transcript)) };
}

function usageOf(pass: Pass | undefined, { usage }: TurnEnd): { usage?: Usage } {
  // What the gateway has counted is true; what an agent says of itself is better than nothing.
  if (pass !== undefined) return { usage: pass.used() };
  return usage === undefined ? {} : { usage };
}
