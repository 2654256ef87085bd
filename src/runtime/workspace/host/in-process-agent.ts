import { type Agent, agentIdOf, type AgentResult, type OutputFile } from '../agent.ts';
import { AcpRefusal } from './acp/acp-refusal.ts';
import type { AcpFiles } from './acp/run-turn.ts';
import { Docket } from './docket.ts';
import type { HostBench } from './hosted-agent.ts';

/**
 * An agent that is part of this program, on the way that all others take: it is told and answers over the protocol, in memory, and every file that it
 * writes goes through its profile. It needs no walls: it has no files, no processes and no network, only this.
 */
export function hostedInProcess(inner: Agent, { termsFor }: Pick<HostBench, 'termsFor'>): Agent {
  return {
    name: inner.name,
    versionFor: (task) => inner.versionFor(task),
    grantFor: (task) => ({ energy: termsFor(task).energy }),
    async perform(brief, signal, chronicle) {
      const [{ runTurn }, { playedBy }] = await Promise.all([import('./acp/run-turn.ts'), import('./acp/played-by.ts')]);
      const docket = new Docket({
        agent: agentIdOf(inner.name, brief),
        profile: brief.task.profile,
        terms: termsFor(brief.task),
        chronicle,
      });
      const desk = new FileDesk(docket);
      const part = playedBy(inner, brief, signal);
      const told = { told: brief.task.id, folder: FOLDER, permit: async () => false, files: desk, tools: [] };
      const end = await runTurn(part.app, told, signal);
      return resultOf(end, { desk, own: part.result() });
    },
  };
}

/** There is none; the protocol wants one. */
const FOLDER = '/';

function resultOf(
  end: { end: 'done' } | { end: 'failed'; reason: string },
  { desk, own }: { desk: FileDesk; own: AgentResult | undefined },
): AgentResult {
  const usage = own?.usage === undefined ? {} : { usage: own.usage };
  if (desk.denied !== undefined) return { outcome: 'failed', reason: desk.denied, ...usage };
  if (own?.outcome === 'failed') return own;
  if (end.end === 'failed') return { outcome: 'failed', reason: end.reason, ...usage };
  return { outcome: 'done', files: desk.files, ...usage };
}

/** Where its files come in. */
class FileDesk implements AcpFiles {
  readonly files: OutputFile[] = [];
  /** Why what it left cannot be accepted. */
  denied: string | undefined;
  readonly #docket: Docket;

  constructor(docket: Docket) {
    this.#docket = docket;
  }

  read(path: string): Promise<string> {
    return Promise.reject(new AcpRefusal(`${path} is not here to be read`));
  }

  /** `meta`: what the agent knows of it besides. What is allowed is what its end says; only a denial is written down by itself. */
  async write(path: string, content: string, meta: { type?: unknown } = {}): Promise<void> {
    const place = path.slice(FOLDER.length);
    const decision = this.#docket.judge({ kind: 'write', path: place });
    if (decision.verdict !== 'allow') {
      await this.#docket.record({ kind: 'write', path: place }, { ...decision, verdict: 'deny' });
      this.denied ??= `It wrote ${place}, which its profile does not let it write (${decision.rule}).`;
      return;
    }
    const { type } = meta;
    this.files.push({ path: place, content, type: type === 'test' || type === 'analysis' ? type : 'code' });
  }
}
