import type { McpServer } from '@agentclientprotocol/sdk';

import type { MemoryPass } from '../../memory/memory-server.ts';
import { bridgeCommand } from '../memory-bridge.ts';

/** What an agent calls it that shows its model where tools come from. */
const NAME = 'agentnexus';

/**
 * The memory as a server of tools in `session/new`. Our own agent posts to it; others start the bridge inside of their walls, since every agent knows that way, and few find
 * through a proxy by themselves.
 */
export function memoryAccess({ url, token }: MemoryPass, { own }: { own: boolean }): McpServer {
  if (own) return { type: 'http', name: NAME, url, headers: [{ name: 'authorization', value: `Bearer ${token}` }] };
  const [command, ...args] = bridgeCommand(url);
  return { name: NAME, command, args, env: [{ name: 'AGENTNEXUS_MEMORY_TOKEN', value: token }] };
}
