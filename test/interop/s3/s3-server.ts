import { setTimeout as pause } from 'node:timers/promises';

export type S3Server = { endpoint: string; stop: () => void } | { missing: string };

/** Of the one user that the servers know. */
export const ACCESS = 'interop';
export const SECRET = 'interop-secret';

/** Whether a server says anything at all before the time is up. */
export async function answers(url: string, milliseconds: number): Promise<boolean> {
  for (const end = performance.now() + milliseconds; performance.now() < end;) {
    if ((await fetch(url).catch(() => undefined)) !== undefined) return true;
    await pause(100);
  }
  return false;
}
