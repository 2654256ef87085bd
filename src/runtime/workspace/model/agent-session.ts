import { realpathSync } from 'node:fs';

import type { ContentBlock, NewSessionRequest } from '@agentclientprotocol/sdk';

import { isJsonObject } from '../../../base/json.ts';
import type { Turn } from './conversation.ts';
import type { LoopLimits } from './run-loop.ts';
import type { Tool } from './tools/tool.ts';
import { SESSION_META } from './own-agent.ts';
import { offeredTools } from './tools/offered-tools.ts';
import { toolbox, TOOL_NAMES } from './tools/toolbox.ts';

/** One conversation with a client. */
export interface AgentSession {
  /** The workspace, absolute and real. */
  root: string;
  tools: readonly Tool[];
  limits: SessionLimits;
  turns: Turn[];
  /** Ends what is going on. */
  stop?: AbortController;
}

export interface SessionLimits extends LoopLimits {
  /** Milliseconds for one prompt. */
  wallMs: number;
}

const LIMITS: SessionLimits = { turns: 100, tokens: 20_000_000, wallMs: 3_600_000 };

export async function newSession({ cwd, mcpServers, _meta }: NewSessionRequest): Promise<AgentSession> {
  const wanted = _meta?.[SESSION_META];
  const { tools, limits } = isJsonObject(wanted) ? wanted : {};
  const names = Array.isArray(tools) ? TOOL_NAMES.filter((name) => tools.includes(name)) : TOOL_NAMES;
  const offered = await offeredTools(mcpServers, TOOL_NAMES);
  return { root: realpathSync(cwd), tools: [...toolbox(names), ...offered], limits: limitsOf(limits), turns: [] };
}

function limitsOf(given: unknown): SessionLimits {
  const wanted = isJsonObject(given) ? given : {};
  const of = (name: keyof SessionLimits) => {
    const value = wanted[name];
    return typeof value === 'number' && value > 0 ? value : LIMITS[name];
  };
  return { turns: of('turns'), tokens: of('tokens'), wallMs: of('wallMs') };
}

/** A prompt as text. What it only refers to is named, for the agent to read. */
export function promptText(blocks: readonly ContentBlock[]): string {
  return blocks
    .map(blockText)
    .filter((text) => text !== '')
    .join('\n\n');
}

function blockText(block: ContentBlock): string {
  if (block.type === 'text') return block.text;
  if (block.type === 'resource_link') return `[${block.name}](${block.uri})`;
  if (block.type === 'resource' && 'text' in block.resource) return `${block.resource.uri}:\n${block.resource.text}`;
  return '';
}
