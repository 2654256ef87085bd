/** The letter, the id, the number of bytes. */
const HEAD_BYTES = 9;

/**
 * How a launcher is spoken with, both ways: a letter for what is meant, the id of the command that it is about, as many bytes as a number says. Numbers have
 * four bytes, the highest first.
 */
export interface Frame {
  letter: string;
  id: number;
  body: Buffer;
}

/** What a launcher is told. `run`: folder, number of arguments, arguments, and `NAME=value`s, with a NUL between them; `end`: kill its group, or, where that is gone, let go of its pipes. */
export const ORDER = { run: 'r', end: 'e' } as const;

/**
 * What it tells. `ready` is the first; `ended` carries the status as wait(2) has it, in digits, and comes when the command's group has been killed; `closed` is the last of a
 * command: nobody can write to its pipes any more; `failed` stands for `ended` where it could not be started, with the system's number for why.
 */
export const NEWS = { ready: 'r', stdout: 'o', stderr: 'e', ended: 'x', closed: 'c', failed: 'f' } as const;

export function frame(letter: string, id: number, body: string | Uint8Array = ''): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const whole = Buffer.allocUnsafe(HEAD_BYTES + bytes.length);
  whole.write(letter, 'latin1');
  whole.writeUInt32BE(id, 1);
  whole.writeUInt32BE(bytes.length, 5);
  whole.set(bytes, HEAD_BYTES);
  return whole;
}

/** Takes bytes as they come, and hands on each frame when it is whole. */
export function frameSplitter(onFrame: (frame: Frame) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (bytes.length >= HEAD_BYTES) {
      const end = HEAD_BYTES + bytes.readUInt32BE(5);
      if (bytes.length < end) break;
      onFrame({ letter: bytes.toString('latin1', 0, 1), id: bytes.readUInt32BE(1), body: bytes.subarray(HEAD_BYTES, end) });
      bytes = bytes.subarray(end);
    }
    rest = bytes;
  };
}
