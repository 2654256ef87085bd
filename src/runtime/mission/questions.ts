import { setTimeout as wait } from 'node:timers/promises';

import { type Clock, timestamp } from '../../base/clock.ts';
import { canonicalJson, type JsonObject } from '../../base/json.ts';
import type { LogReader } from '../log/log-reader.ts';
import type { Action, Decision } from '../policy/action.ts';
import type { Chronicle } from '../policy/agent-event.ts';
import type { Answer } from '../policy/answer.ts';
import { shortDeed } from '../policy/deed.ts';
import { givenAnswer, questionCount, type QuestionRow, questionRow, standingQuestion } from './question-rows.ts';

/** Questions of one attempt: who asks more often wants a yes that nobody has read. */
const MOST = 20;

/** Characters of an action as JSON: nobody can say yes to what they are not shown in full. */
const MAX_ACTION = 1_500;

/** Milliseconds between two looks for an answer. */
const PACE = 150;

/** Who asks, and how long people have to answer. */
export interface Asker {
  mission: string;
  task: string;
  attempt: number;
  /** What it is called in the log. */
  agent: string;
  /** Milliseconds; undefined where nobody is there to ask. */
  within: () => number | undefined;
  chronicle: Chronicle;
  signal: AbortSignal;
  /** Tells whoever watches that it waits, and for what, and that it goes on. */
  tell: (state: 'waiting' | 'running', reason?: string) => void;
}

/**
 * What agents leave to people while they work. A question is an entry of the log, and so is its answer, which may come from any process; the agent waits no
 * longer than the question stands. A yes is about one action in one task, shown in full, and counts once: also for another attempt, where the one that
 * asked was cut off before it could be told.
 */
export class Questions {
  readonly #log: Pick<LogReader, 'db'>;
  readonly #clock: Clock;
  /** Takes secrets out, as the log does: actions are compared as they are written down. */
  readonly #redact: (data: JsonObject) => JsonObject;
  readonly #last = new Map<string, number>();

  constructor({ log, clock, redact }: { log: Pick<LogReader, 'db'>; clock: Clock; redact: (data: JsonObject) => JsonObject }) {
    this.#log = log;
    this.#clock = clock;
    this.#redact = redact;
  }

  /** How one attempt asks. */
  of(asker: Asker): (what: { action: Action; decision: Decision }) => Promise<Answer> {
    const told = new Set<string>();
    let asked = 0;
    return async ({ action, decision }) => {
      const within = asker.within();
      if (within === undefined || within <= 0) return no('nobody is there to ask');
      const shown = this.#redact({ ...action });
      const text = canonicalJson(shown);
      if (text.length > MAX_ACTION) return no('it is too long to be shown to a person');
      const before = givenAnswer(this.#log.db, { ...asker, action: text });
      if (before !== undefined) return yes(before.id, before.said_by);
      if (told.has(text)) return no('it was told no before');
      if (++asked > MOST) return no(`it has asked more than ${MOST} times`);
      const question = standingQuestion(this.#log.db, { ...asker, action: text })?.id ?? this.#next(asker.mission);
      const answer = await this.#put(question, { asker, action: { ...shown, kind: action.kind }, rule: decision.rule, within });
      if (!answer.allowed) told.add(text);
      return answer;
    };
  }

  async #put(
    question: string,
    { asker, action, rule, within }: { asker: Asker; action: JsonObject & Pick<Action, 'kind'>; rule: string; within: number },
  ): Promise<Answer> {
    const { agent, mission, task, chronicle, tell } = asker;
    const until = this.#clock.now() + within;
    const asks = `to ${shortDeed(action)}`;
    const expires = timestamp({ now: () => until });
    await chronicle({ kind: 'question.asked', agent, question, action, rule, asks, expires });
    tell('waiting', `it asks ${asks}: \`spec-kit approve ${mission} ${task} --question ${question}\``);
    try {
      return await this.#answer(question, asker, until);
    } finally {
      tell('running');
    }
  }

  /** `until` is a moment of the clock on the wall, which goes on while the machine sleeps: so one looks at it again and again. */
  async #answer(question: string, { mission, agent, chronicle, signal }: Asker, until: number): Promise<Answer> {
    for (;;) {
      const row = questionRow(this.#log.db, mission, question);
      if (row?.state === 'given') return yes(question, row.said_by);
      if (row?.state !== 'asked') return no(saidNo(row), question);
      if (signal.aborted) return no('it was stopped');
      if (this.#clock.now() >= until) await chronicle({ kind: 'question.expired', agent, question });
      else await wait(PACE, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Numbers are never given twice in a mission: whoever answers means one question. */
  #next(mission: string): string {
    const number = Math.max(questionCount(this.#log.db, mission), this.#last.get(mission) ?? 0) + 1;
    this.#last.set(mission, number);
    return `q${number}`;
  }
}

function saidNo(row: QuestionRow | undefined): string {
  if (row?.state === 'refused') return `${row.said_by ?? 'a person'} said no`;
  return row?.state === 'used' ? 'its yes was used' : 'nobody said yes in time';
}

const yes = (question: string, by: string | null = null): Answer => ({
  allowed: true,
  rule: `${by ?? 'a person'} said yes`,
  question,
});

const no = (rule: string, question?: string): Answer => ({
  allowed: false,
  rule,
  ...(question === undefined ? {} : { question }),
});
