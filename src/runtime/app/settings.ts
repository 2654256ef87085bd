import { NexusError } from '../../base/errors.ts';
import type { TaskGraph } from '../../spec/model.ts';
import { approvalFor } from '../mission/plan-tasks.ts';
import type { Amounts, Approval, Budget, MissionSettings } from '../mission/settings.ts';
import { readDuration, requireDuration } from './amounts.ts';
import type { ApplyInput } from './operations.ts';

const AMOUNTS = ['tokens', 'money', 'energy', 'wall', 'attempts'] as const satisfies (keyof Amounts)[];

/** What `apply` was told of limits and people, as a mission keeps it. Throws `USAGE`. */
export function missionSettings(
  { budget = [], requireApproval = [], answerWithin }: Pick<ApplyInput, 'budget' | 'requireApproval' | 'answerWithin'>,
  graph?: TaskGraph,
): MissionSettings {
  const approvals = requireApproval.map(readApproval);
  const unknown = graph && approvals.find((approval) => !graph.tasks.some((task) => approvalFor(task, [approval]) !== undefined));
  if (unknown !== undefined) {
    throw new NexusError('NOT_FOUND', `The specification has no task, and no kind of task, \`${unknown.task}\`.`, {
      hint: 'Name a task as `spec-kit plan` shows it, or a kind: gate, work, verification …',
    });
  }
  return {
    ...(budget.length === 0 ? {} : { budget: readBudget(budget) }),
    ...(approvals.length === 0 ? {} : { approvals }),
    ...readAnswers(answerWithin),
  };
}

/** How long people have to answer an agent; `0s`: nobody is there. Throws `USAGE`. */
export function readAnswers(within: string | undefined): Pick<MissionSettings, 'answers'> {
  return within === undefined ? {} : { answers: requireDuration(within) };
}

/** `tokens=200000`, `money=5`, `wall=2h`, `task.attempts=2`. Throws `USAGE`. */
export function readBudget(items: readonly string[]): Budget {
  const budget: Budget = {};
  for (const item of items) {
    const [, scope, name, value] = /^(task\.)?(\w+)=(.+)$/.exec(item) ?? [];
    const amount = AMOUNTS.find((each) => each === name);
    if (amount === undefined || value === undefined) throw wrong(item);
    const limits: Amounts = scope === undefined ? budget : (budget.task ??= {});
    limits[amount] = amount === 'wall' ? duration(value, item) : number(value, item);
  }
  return budget;
}

/** `gate`, `T012=24h`: a task or a kind of tasks, and how long the question stands. */
function readApproval(item: string): Approval {
  const at = item.lastIndexOf('=');
  if (at === -1) return { task: item };
  return { task: item.slice(0, at), expires: duration(item.slice(at + 1), item) };
}

function number(value: string, item: string): number {
  const amount = Number(value.replaceAll('_', ''));
  if (!Number.isFinite(amount) || amount < 0 || value.trim() === '') throw wrong(item);
  return amount;
}

function duration(value: string, item: string): number {
  const milliseconds = readDuration(value);
  if (milliseconds === undefined) throw wrong(item);
  return milliseconds;
}

function wrong(item: string): NexusError {
  return new NexusError('USAGE', `\`${item}\` is no limit.`, {
    hint:
      'Write tokens=N, money=USD, energy=N, attempts=N or wall=DURATION (90s, 30m, 2h), for each task with `task.` before it; ' +
      'an approval as TASK or TASK=DURATION.',
  });
}
