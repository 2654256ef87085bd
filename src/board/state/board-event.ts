import { readCloudEvent, type StreamedEntry } from '../../runtime/app/cloud-event.ts';
import { isRecord } from '../../runtime/report/standing/told-entry.ts';

/** An entry of the log as it comes over a stream. */
export type BoardEvent = StreamedEntry;

/** Reads a CloudEvent of the control plane; undefined if the text is none. */
export function readEvent(text: string): BoardEvent | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? readCloudEvent(value) : undefined;
  } catch {
    return undefined;
  }
}
