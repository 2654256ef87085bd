/** Splits a stream of server-sent events (HTML Standard §9.2) into frames: the bytes of each, its blank line included. */
export class FrameSplitter {
  #rest: Buffer = Buffer.alloc(0);

  /** Bytes that wait for the end of their frame. */
  get waiting(): number {
    return this.#rest.length;
  }

  add(chunk: Buffer): Buffer[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Buffer[] = [];
    let from = 0;
    for (let end = frameEnd(bytes, from); end !== -1; end = frameEnd(bytes, from)) {
      frames.push(bytes.subarray(from, end));
      from = end;
    }
    this.#rest = bytes.subarray(from);
    return frames;
  }

  /** What came after the last whole frame. */
  end(): Buffer[] {
    return this.#rest.length === 0 ? [] : [this.#rest];
  }
}

/** The end of the first blank line; lines end in LF, CR LF or CR. A CR at the very end may be half of a CR LF. */
function frameEnd(bytes: Buffer, from: number): number {
  let lineStart = from;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte !== 10 && byte !== 13) continue;
    if (byte === 13 && at + 1 === bytes.length) return -1;
    const end = byte === 13 && bytes[at + 1] === 10 ? at + 2 : at + 1;
    if (at === lineStart) return end;
    lineStart = end;
    at = end - 1;
  }
  return -1;
}

/** The `data` of a frame, joined as the standard says, or undefined if it has none. */
export function frameData(frame: string): string | undefined {
  const lines = frame.split(/\r\n|\r|\n/).filter((line) => line.startsWith('data:'));
  if (lines.length === 0) return undefined;
  return lines.map((line) => line.slice(5).replace(/^ /, '')).join('\n');
}

/** The frame with other data, all its other lines as they were. */
export function withFrameData(frame: string, data: string): string {
  const ending = /\r\n|\r|\n/.exec(frame)?.[0] ?? '\n';
  const lines = frame.split(/\r\n|\r|\n/);
  const first = lines.findIndex((line) => line.startsWith('data:'));
  const kept = lines.flatMap((line, at) => (at === first ? [`data: ${data}`] : line.startsWith('data:') ? [] : [line]));
  return kept.join(ending);
}
