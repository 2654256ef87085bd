import { sha256 } from '../../base/digest.ts';
import { WORK } from '../../spec/graph/task.ts';
import { verifies } from '../mission/checked-tasks.ts';
import type { QaSetting } from '../mission/settings.ts';
import type { CallContext } from './operations.ts';
import { localConfig } from './open-source.ts';
import type { Roster } from './roster.ts';

/** What the configuration of a bundle on this machine asks of its product; undefined where it asks for nothing. Throws `CONFIG_INVALID`. */
export async function qaTerms(bundle: string, context: Pick<CallContext, 'cwd'>): Promise<QaSetting | undefined> {
  const file = localConfig(bundle, context);
  if (file === undefined || !/\bqa\b/.test(file.text)) return undefined;
  const { parseQaConfig } = await import('./qa-config.ts');
  const { policy } = parseQaConfig(file.text, file.path);
  return policy && { policy };
}

/** The roster, judging by these terms: another policy is another check of the product as a whole. */
export function judgingBy(roster: Roster, terms: QaSetting | undefined): Roster {
  if (terms === undefined) return roster;
  const inputs = { qa: sha256(Buffer.from(JSON.stringify(terms))) };
  return {
    ...roster,
    performerOf(task) {
      const performer = roster.performerOf(task);
      return verifies(task) === WORK ? { ...performer, inputs: { ...performer.inputs, ...inputs } } : performer;
    },
  };
}
