import { claims as backlog } from './backlog/claims.ts';
import { claims as beads } from './beads/claims.ts';
import { claims as bmad } from './bmad/claims.ts';
import { claims as gsd } from './gsd/claims.ts';
import { claims as kiro } from './kiro/claims.ts';
import { claimsPath as openspec } from './openspec/layout.ts';
import { claims as speckit } from './speckit/claims.ts';
import { claims as speckitty } from './speckitty/claims.ts';
import { claims as taskmaster } from './taskmaster/claims.ts';

type Claim = (path: string) => boolean;

/**
 * Whether a path is a dialect's own, by the dialect's name, where the bundle is a whole repository: JSON and YAML files that no dialect claims are not read
 * then. Markdown always is. Each dialect keeps its claim apart from what reads it, since which files are read is asked more often than what they say.
 */
export const CLAIMS: ReadonlyMap<string, Claim> = new Map<string, Claim>(
  Object.entries({ openspec, kiro, speckitty, speckit, taskmaster, backlog, beads, gsd, bmad, native: () => false }),
);
