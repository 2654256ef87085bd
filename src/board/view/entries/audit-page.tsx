import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { type AuditLog, auditAfter, auditLog, auditMatches } from '../../state/audit-log.ts';
import { parseCursor } from '../../../runtime/app/remote/cloud-event.ts';
import type { BoardEvent } from '../../state/board-event.ts';
import { readBack } from '../../live/read-back.ts';
import { useDesk } from '../shell/desk.ts';
import { EntryTable } from './entry-table.tsx';
import { Empty, Title, Trouble } from '../parts/parts.tsx';

/** Entries that are read at once of what was before. */
const PAGE = 300;

/** Everything that gets into the log, of all missions and of none, as it happens; and back to its beginning. */
export function AuditPage(): JSX.Element {
  const [isPaused, setPaused] = useState(false);
  const [text, setText] = useState('');
  const { log, error, older, isReading } = useAudit(isPaused);
  const entries = log.entries.filter((entry) => auditMatches(entry, text));
  return (
    <>
      <div class="head">
        <Title name="Audit">Audit</Title>
        <div class="tools">
          <label class="search">
            <span class="listened">Show entries with</span>
            <input
              type="search"
              placeholder="Kind, task, mission or words"
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </label>
          <button type="button" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
            {isPaused ? `Go on (${log.held.length} new)` : 'Pause'}
          </button>
        </div>
      </div>
      <p class="lead">Every entry of the log, the newest first. Open one to have this browser prove that it is in the log.</p>
      {error === undefined ? null : <Trouble error={error} />}
      {entries.length === 0 ? (
        <Empty>{log.entries.length === 0 ? 'Waiting for the first entry.' : 'No entry is like that.'}</Empty>
      ) : (
        <EntryTable entries={entries.map(({ data, ...entry }) => ({ ...entry, data: JSON.stringify(data) }))} named />
      )}
      {log.from > 0 ? (
        <p>
          <button type="button" disabled={isReading} onClick={older}>
            {isReading ? 'Reading…' : 'Show older entries'}
          </button>
        </p>
      ) : null}
    </>
  );
}

interface Audit {
  log: AuditLog;
  error: unknown;
  isReading: boolean;
  older: () => void;
}

function useAudit(isPaused: boolean): Audit {
  const { api, hub } = useDesk();
  const [log, setLog] = useState<AuditLog>(() => auditLog());
  const [error, setError] = useState<unknown>(undefined);
  const [isReading, setReading] = useState(false);
  const paused = useRef(isPaused);
  paused.current = isPaused;
  const tell = (events: readonly BoardEvent[]): void => setLog((before) => auditAfter(before, events, { hold: paused.current }));
  const older = async (): Promise<void> => {
    const epoch = parseCursor(hub.cursor ?? '')?.epoch;
    if (epoch === undefined) return;
    const before = log.from === Number.POSITIVE_INFINITY ? (parseCursor(hub.cursor ?? '')?.seq ?? -1) + 1 : log.from;
    setReading(true);
    try {
      tell(
        await readBack({ epoch, from: Math.max(0, before - PAGE), before }, async (after, signal) => api.events(after, signal)),
      );
    } catch (failure) {
      setError(failure);
    } finally {
      setReading(false);
    }
  };
  useEffect(() => {
    let isOver = false;
    const begin = async (): Promise<void> => {
      await hub.started;
      if (!isOver) await older();
    };
    void begin();
    const leave = hub.subscribe(tell);
    return () => {
      isOver = true;
      leave();
    };
  }, [hub]);
  useEffect(() => {
    if (!isPaused) tell([]);
  }, [isPaused]);
  return { log, error, isReading, older: () => void older() };
}
