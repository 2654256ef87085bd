import type { FileAmount } from '../views.ts';

export function amountOf(files: readonly { bytes: number }[]): FileAmount {
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

export function less(all: FileAmount, part: FileAmount): FileAmount {
  return { files: all.files - part.files, bytes: all.bytes - part.bytes };
}
