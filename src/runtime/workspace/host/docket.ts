import type { Action, Decision } from '../../policy/action.ts';
import type { Answer } from '../../policy/answer.ts';
import type { Chronicle } from '../../policy/agent-event.ts';
import type { Terms } from './terms.ts';

/** Decisions of one attempt that are written down; an agent that asks for more is ended. */
const MAX_DECISIONS = 2_000;

/** More was asked for than anybody would read. */
class DocketFull extends Error {
  override readonly name = 'DocketFull';

  constructor() {
    super(`it asked for more than ${MAX_DECISIONS} things`);
  }
}

const NOBODY: Answer = { allowed: false, rule: 'nobody is there to ask' };

interface DocketOptions {
  agent: string;
  /** Name of the profile. */
  profile: string;
  terms: Pick<Terms, 'decide' | 'energy'>;
  chronicle: Chronicle;
  /** Puts what a profile does not allow to a person; without it nobody is there. */
  ask?: (what: { action: Action; decision: Decision }) => Promise<Answer>;
}

/** Decides what one agent may do, in one attempt; every decision is in the log before anybody acts on it. */
export class Docket {
  readonly #options: DocketOptions;
  #count = 0;
  #denied: Action | undefined;
  /** What a person has said yes to, as JSON. */
  readonly #agreed = new Set<string>();

  constructor(options: DocketOptions) {
    this.#options = options;
  }

  /** What was denied first, if anything was. */
  get denied(): Action | undefined {
    return this.#denied;
  }

  /** Whether all of it may happen. One that nobody allows is enough for a no; what is left unasked then is not written down. */
  async permit(actions: readonly [Action, ...Action[]]): Promise<boolean> {
    for (const action of actions) {
      if (!(await this.#one(action))) return false;
    }
    return true;
  }

  /** What the terms say, without writing it down: for what is looked at afterwards, file by file. */
  judge(action: Action): Decision {
    const decision = this.#options.terms.decide(action);
    if (decision.verdict !== 'ask' || !this.#agreed.has(JSON.stringify(action))) return decision;
    return { verdict: 'allow', rule: 'a person said yes' };
  }

  /** Writes down what something else has decided: the sandbox, or the host after the turn. */
  async record(action: Action, decision: Decision): Promise<void> {
    this.#count++;
    if (this.#count > MAX_DECISIONS) throw new DocketFull();
    if (decision.verdict === 'deny') this.#denied ??= action;
    const { agent, chronicle } = this.#options;
    await chronicle({ kind: 'agent.decision', agent, action, decision });
  }

  /** What a profile leaves to people is said to be so, whether there is anybody to answer or not. */
  async #escalate({ rule }: Decision): Promise<void> {
    const { agent, profile, terms, chronicle } = this.#options;
    const event = { agentId: agent, lifecycle: 'escalated', capabilityProfile: profile, energyBudget: terms.energy } as const;
    await chronicle({ kind: 'agent.lifecycle', event, reason: rule });
  }

  async #one(action: Action): Promise<boolean> {
    const { terms, ask } = this.#options;
    const decision = terms.decide(action);
    await this.record(action, decision);
    if (decision.verdict !== 'ask') return decision.verdict === 'allow';
    await this.#escalate(decision);
    const { allowed, rule, question } = (await ask?.({ action, decision })) ?? NOBODY;
    await this.record(action, { verdict: allowed ? 'allow' : 'deny', rule, ...(question === undefined ? {} : { question }) });
    if (allowed) this.#agreed.add(JSON.stringify(action));
    return allowed;
  }
}
