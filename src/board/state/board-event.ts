import type { StreamedEntry } from '../../runtime/app/remote/cloud-event.ts';

/** An entry of the log as it comes over a stream. */
export type BoardEvent = StreamedEntry;
