import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import type { TestContext } from 'vitest';

/** Skips a test, saying why, on a machine without the tool that it works with. */
export function needTool(context: TestContext, name: string): void {
  if (!isOnPath(name)) context.skip(`${name} is not on PATH`);
}

export function isOnPath(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
