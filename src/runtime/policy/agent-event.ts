import type { Digest } from '../../base/digest.ts';
import type { AgentLifecycleEvent } from '../../base/generated/agent-lifecycle-event.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Action, Decision } from './action.ts';

/** What happens to an agent during one attempt, as it goes into the log. */
export type AgentEvent =
  | {
      kind: 'agent.lifecycle';
      event: AgentLifecycleEvent;
      /** Why it was escalated, or how it ended. */
      reason?: string;
      /** What is around it, from `spawned` on: `srt`, or `none`. */
      sandbox?: string;
      /** What was said, in the content store, with `retired`. */
      transcript?: Digest;
    }
  /** It is given out to somebody who works elsewhere. `lease`: what they show with all that they say of it. */
  | { kind: 'task.leased'; worker: string; pool: string; lease: string }
  | { kind: 'agent.decision'; agent: string; action: Action; decision: Decision }
  | {
      /** A person is asked while the agent waits. */
      kind: 'question.asked';
      agent: string;
      /** `q1`, counted in the mission. */
      question: string;
      action: JsonObject;
      rule: string;
      /** `to run npm publish`. */
      asks: string;
      /** RFC 3339. */
      expires: string;
    }
  | { kind: 'question.expired'; agent: string; question: string }
  | {
      /** What the memory was asked by an agent, or for its brief, and what it said: by content digest, so that the mission can be run again. */
      kind: 'memory.used';
      agent: string;
      request: Digest;
      answer: Digest;
    }
  | {
      kind: 'agent.exchange';
      agent: string;
      model: string;
      /** Position in the attempt, from 1: replay goes by it. */
      exchange: number;
      /** Canonical request and recorded answer, secrets taken out, in the content store. */
      request: Digest;
      response: Digest;
      usage: {
        /** Tokens. */
        input: number;
        output: number;
        energy: number;
        /** US dollars by a dated table of prices: an estimate always. */
        money: number;
        /** The server did not say how many tokens it took. */
        estimated?: boolean;
      };
    };

/** Where an attempt's own events go while it runs. They are in the log, in this order, once the promise resolves: journal before act. */
export type Chronicle = (event: AgentEvent) => Promise<void>;
