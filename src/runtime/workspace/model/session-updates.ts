import { join } from 'node:path';

import type { SessionUpdate, ToolCall as ShownCall, ToolCallContent } from '@agentclientprotocol/sdk';

import type { ToolCall } from './conversation.ts';
import type { LoopEvent } from './loop-event.ts';
import { boundedText } from './tools/bounded-text.ts';
import type { Plan } from './tools/tool.ts';

/** Characters of a file's text that go with a change; longer files are named only. */
const LONGEST_DIFF = 262_144;

/** Characters of a tool's answer that a client is shown. */
const SHOWN = 8_000;

/** What a client is told of what happens in the loop, if anything. */
export function updateOf(event: LoopEvent, root: string): SessionUpdate | undefined {
  switch (event.kind) {
    case 'said': {
      const content = { type: 'text' as const, text: event.piece.text };
      return { sessionUpdate: event.piece.kind === 'text' ? 'agent_message_chunk' : 'agent_thought_chunk', content };
    }
    case 'call':
      return { sessionUpdate: 'tool_call', ...described(event.call, event.plan, root), status: 'pending' };
    case 'senseless':
      return {
        sessionUpdate: 'tool_call',
        toolCallId: event.call.id,
        title: event.call.name,
        status: 'failed',
        content: [shown(event.reason)],
      };
    case 'refused':
      return {
        sessionUpdate: 'tool_call_update',
        toolCallId: event.call.id,
        status: 'failed',
        content: [shown(`Refused: ${event.decision.rule}`)],
      };
    case 'begun':
      return { sessionUpdate: 'tool_call_update', toolCallId: event.call.id, status: 'in_progress' };
    case 'ended':
      return {
        sessionUpdate: 'tool_call_update',
        toolCallId: event.call.id,
        status: event.failed ? 'failed' : 'completed',
        content: [shown(event.text)],
      };
    case 'waiting':
      return {
        sessionUpdate: 'agent_thought_chunk',
        content: { type: 'text', text: `[waiting ${event.ms} ms: ${event.reason}]` },
      };
    default:
      return undefined;
  }
}

/** What both a request for permission and the news of a call hold. */
type DescribedCall = Pick<ShownCall, 'toolCallId' | 'title' | 'name' | 'kind' | 'locations' | 'rawInput' | 'content'>;

/** A call as a client is asked about it. Paths are absolute, as the protocol wants them. */
export function described({ id, name }: ToolCall, { action, title, change, input }: Plan, root: string): DescribedCall {
  const base = { toolCallId: id, title, name };
  if (action.kind === 'run') return { ...base, kind: 'execute', rawInput: { command: action.argv, cwd: root } };
  if (action.kind !== 'read' && action.kind !== 'write') {
    return { ...base, kind: 'other', ...(input === undefined ? {} : { rawInput: input }) };
  }
  const path = join(root, action.path);
  return {
    ...base,
    kind: action.kind === 'read' ? 'read' : 'edit',
    locations: [{ path }],
    rawInput: { path },
    ...(change === undefined ? {} : { content: diffOf(path, change) }),
  };
}

function diffOf(path: string, { before, after }: NonNullable<Plan['change']>): ToolCallContent[] {
  if (after.length + (before?.length ?? 0) > LONGEST_DIFF) return [];
  return [{ type: 'diff', path, newText: after, ...(before === undefined ? {} : { oldText: before }) }];
}

function shown(text: string): ToolCallContent {
  return { type: 'content', content: { type: 'text', text: boundedText(text, SHOWN) } };
}
