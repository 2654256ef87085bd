import type { Desk, Reading } from '../../dialect.ts';
import { readDocument } from '../../documents/read-document.ts';
import { isMarkdown } from '../../line-account.ts';
import { Archive } from '../../work/archived.ts';
import { passOver } from '../../work/pass-over.ts';
import { readMission } from './mission-reader.ts';
import { missionsOf } from './missions.ts';

/** Reads each mission. */
export function read(desk: Desk): Reading {
  const { missions, others } = missionsOf(desk.accounts);
  const only = missions.length === 1;
  const readings = missions.map((mission) =>
    readMission(mission, only ? '' : mission.folder.replace(/^(?:.*\/)?kitty-specs\//, '').replace(/\/$/, ''), desk),
  );
  const archive = new Archive();
  for (const [index, { folder }] of missions.entries()) archive.retire(folder, readings[index]?.tasks ?? []);
  archive.report(desk.diagnostics);
  const drafts = readings.flatMap((reading) => reading.drafts);
  for (const account of others) {
    if (isMarkdown(account.source.path)) passOver(account, 'is no part of a mission');
    else drafts.push(...readDocument(account, desk));
  }
  const tasks = readings.flatMap((reading) => reading.tasks);
  const requirements = readings.flatMap((reading) => reading.requirements);
  const edges = readings.flatMap((reading) => reading.edges);
  const file = missions[0]?.accounts[0]?.source.path ?? desk.accounts[0]?.source.path ?? '';
  const title = only ? readings[0]?.title : undefined;
  return {
    ...(title === undefined ? { folderName: desk.bundle.name } : { title }),
    source: { file, line: 1, column: 1, endLine: 1 },
    outsideParties: [],
    drafts,
    namesRepeat: true,
    work: { tasks, requirements, edges },
  };
}
