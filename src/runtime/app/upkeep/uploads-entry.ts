import { answerAside } from '../../workspace/aside.ts';
import { openLog } from '../../log/log.ts';
import { type UploadLimits, unusedUploads } from './uploads.ts';

// A process that looks which specifications that were sent may go.
await answerAside(({ workspace, limits }: { workspace: string; limits: UploadLimits }) => {
  const log = openLog(workspace, { mode: 'read' });
  try {
    return unusedUploads(log, workspace, limits);
  } finally {
    log.close();
  }
});
