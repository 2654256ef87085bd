/** What our own agent calls itself. */
export const OWN_AGENT = 'agentnexus-model';

/**
 * Member of `_meta` in `session/new` by which a client says what the agent is to have: `{tools: ["read", …], limits: {turns, tokens, wallMs}}`.
 * What is left out, or cannot be read, is the default; a client that does not know of it gets all tools, and is asked before each of them acts.
 */
export const SESSION_META = 'agentnexus.dev/session';

/** Names of the tools that do what some rule may allow. */
export function toolsFor(kinds: readonly ('read' | 'write' | 'run')[]): string[] {
  return kinds.flatMap((kind) => (kind === 'write' ? ['write', 'edit'] : [kind]));
}
