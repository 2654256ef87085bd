/** An entry of the log as it comes over a stream. */
export interface BoardEvent {
  seq: number;
  /** `EPOCH.SEQ`: where a stream goes on from. */
  cursor: string;
  kind: string;
  /** RFC 3339. */
  at: string;
  mission: string | null;
  task: string | null;
  data: Readonly<Record<string, unknown>>;
}

const TYPE = 'dev.agentnexus.';
const SOURCE = '/missions/';

/** Reads a CloudEvent of the control plane; undefined if the text is none. */
export function readEvent(text: string): BoardEvent | undefined {
  const value = parsed(text);
  const { id, type, time, source, subject, data } = value;
  const cursor = typeof id === 'string' ? parseCursor(id) : undefined;
  if (cursor === undefined || typeof id !== 'string' || typeof type !== 'string' || typeof time !== 'string') return undefined;
  return {
    seq: cursor.seq,
    cursor: id,
    kind: type.startsWith(TYPE) ? type.slice(TYPE.length) : type,
    at: time,
    mission: typeof source === 'string' && source.startsWith(SOURCE) ? source.slice(SOURCE.length) : null,
    task: typeof subject === 'string' ? subject : null,
    data: isRecord(data) ? data : {},
  };
}

/** Takes a cursor apart. The first part names this history of the log. */
export function parseCursor(text: string): { epoch: string; seq: number } | undefined {
  const [, epoch, digits] = /^([^.]+)\.(-1|\d{1,15})$/.exec(text) ?? [];
  return epoch === undefined ? undefined : { epoch, seq: Number(digits) };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that is text, or null. */
export function textIn(data: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = data[name];
  return typeof value === 'string' ? value : null;
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
