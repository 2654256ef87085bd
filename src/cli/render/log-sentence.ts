import { counted } from '../../base/text.ts';
import { isJsonObject } from '../../base/json.ts';
import { shortDeed } from '../../runtime/policy/deed.ts';
import type { LogLine } from '../../runtime/app/views.ts';

type Data = LogLine['data'];

/** What an entry says to people, where its plain members would not; undefined for all other kinds. */
export function logSentence({ entry, data }: Pick<LogLine, 'entry' | 'data'>): string | undefined {
  if (entry.startsWith('word.')) return word(data);
  return SENTENCES[entry]?.(data);
}

const SENTENCES: Readonly<Record<string, (data: Data) => string>> = {
  'mission.created': ({ prompt, tasks }) =>
    `${isJsonObject(prompt) ? `${text(prompt['objective'])}, ${text(prompt['priority'])}, ` : ''}${counted(Number(tasks), 'task')}`,
  'mission.waiting': ({ reason }) => text(reason),
  'approval.asked': ({ expires }) => `a person must approve it${expires === undefined ? '' : ` until ${text(expires)}`}`,
  'question.asked': ({ question, asks, expires }) => `${text(question)}: it asks ${text(asks)}, until ${text(expires)}`,
  'question.expired': ({ question }) => `${text(question)}: nobody answered in time`,
  'approval.expired': () => 'nobody approved it in time',
  'task.reopened': ({ because, onto }) =>
    Array.isArray(onto) ? `it changed the same places as ${onto.map(text).join(', ')}` : `${text(because)} found it at fault`,
  'task.leased': ({ worker, pool }) => `to ${text(worker)}, of the pool ${text(pool)}`,
  'task.lost': ({ reason }) => text(reason),
  'task.merged': ({ paths, beside }) => `${listOf(paths)} put together with what ${listOf(beside)} changed`,
  'result.committed': ({ commit, ref }) => `commit ${text(commit)} as ${text(ref)}`,
  'branch.moving': ({ branch, from, to }) => `${text(branch)} from ${from === null ? 'nothing' : text(from)} to ${text(to)}`,
  'branch.moved': ({ branch, to }) => `${text(branch)} is at ${text(to)}`,
  'branch.refused': ({ reason }) => text(reason),
  'task.escalated': ({ attempts }) => `${counted(Number(attempts), 'failed attempt')}, and left to a person`,
  'task.cancelled': () => 'it is no longer wanted',
  'agent.lifecycle': ({ event, reason, sandbox }) => {
    const { agentId, lifecycle, capabilityProfile, energyBudget } = isJsonObject(event) ? event : {};
    const more = [...(sandbox === 'none' ? ['WITHOUT SANDBOX'] : []), ...(reason === undefined ? [] : [text(reason)])];
    const facts =
      lifecycle === 'spawned' ? ` as ${text(capabilityProfile)}, ${counted(Number(energyBudget), 'energy unit')}` : '';
    return `${text(agentId)} ${text(lifecycle)}${facts}${more.length === 0 ? '' : `: ${more.join(', ')}`}`;
  },
  'agent.decision': ({ action, decision }) => {
    const { verdict, rule } = isJsonObject(decision) ? decision : {};
    return `${VERDICTS[text(verdict)] ?? '?'} ${isJsonObject(action) ? shortDeed(action) : '?'} (${text(rule)})`;
  },
  'agent.exchange': ({ exchange, model, usage }) => {
    const { input, output } = isJsonObject(usage) ? usage : {};
    return `${text(exchange)}: ${text(model)}, ${counted(Number(input), 'token')} in, ${Number(output)} out`;
  },
  'qa.judged': ({ verdict, tests, found }) => {
    const { passed, total } = isJsonObject(tests) ? tests : {};
    return `${text(verdict)}: ${Number(passed)} of ${counted(Number(total), 'test')} passed, ${counted(Number(found), 'finding')}`;
  },
  'memory.used': ({ agent }) => `${text(agent)} used the memory`,
  'request.accepted': ({ request }) => `request ${text(request)}`,
  'request.refused': ({ request, code, message }) => `request ${text(request)}: ${text(code)}, ${text(message)}`,
  'source.ticking': ({ file, boxes }) =>
    `${counted(Array.isArray(boxes) ? boxes.length : 0, 'box', 'boxes')} of ${text(file)} to be closed`,
  'source.ticked': ({ file, line }) => `${text(file)}:${text(line)} closed`,
};

/** `by ann, to P0: it is urgent`. */
function word({ by, note, priority, question }: Data): string {
  const to = priority === undefined ? '' : `, to ${text(priority)}`;
  const which = question === undefined ? '' : `, to ${text(question)}`;
  return `by ${text(by)}${to}${which}${note === undefined || note === '' ? '' : `: ${text(note)}`}`;
}

const VERDICTS: Readonly<Record<string, string>> = { allow: 'allowed', deny: 'denied', ask: 'asked for' };

function listOf(value: unknown): string {
  return Array.isArray(value) ? value.map(text).join(', ') : '?';
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '?';
}
