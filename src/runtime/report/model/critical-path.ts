import type { ReportTask } from './report.ts';

interface Link {
  /** Of the longest chain that ends here. */
  elapsed: number;
  before: Link | undefined;
  task: string;
}

/** The chain of needs whose tasks together took longest, first task first. `tasks` in topological order. */
export function criticalPath(tasks: readonly Pick<ReportTask, 'id' | 'needs' | 'elapsed'>[]): {
  elapsed: number;
  tasks: string[];
} {
  const links = new Map<string, Link>();
  let longest: Link | undefined;
  for (const { id, needs, elapsed } of tasks) {
    const before = longestOf(needs.map(({ task }) => links.get(task)));
    const link = { elapsed: elapsed + (before?.elapsed ?? 0), before, task: id };
    links.set(id, link);
    longest = longestOf([longest, link]);
  }
  return longest === undefined || longest.elapsed === 0
    ? { elapsed: 0, tasks: [] }
    : { elapsed: longest.elapsed, tasks: chainTo(longest) };
}

/** The first of the longest. */
function longestOf(links: readonly (Link | undefined)[]): Link | undefined {
  let longest: Link | undefined;
  for (const link of links) if (link !== undefined && link.elapsed > (longest?.elapsed ?? -1)) longest = link;
  return longest;
}

function chainTo(last: Link): string[] {
  const chain: string[] = [];
  for (let link: Link | undefined = last; link !== undefined; link = link.before) chain.push(link.task);
  return chain.toReversed();
}
