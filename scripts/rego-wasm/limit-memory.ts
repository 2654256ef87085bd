/** Of the binary format's sections, the one that declares memories: https://webassembly.github.io/spec/core/binary/modules.html */
const MEMORY_SECTION = 5;
const HEADER = 8;

/** The module with its one memory allowed `pages` pages of 64 KiB at most, which Go's linker cannot be told. */
export function limitMemory(wasm: Uint8Array, pages: number): Buffer {
  for (let at = HEADER; at < wasm.length;) {
    const size = readNumber(wasm, at + 1);
    const end = size.next + size.value;
    if (wasm[at] === MEMORY_SECTION) {
      const min = minimum(wasm, size.next);
      const body = [1, 1, ...writeNumber(min), ...writeNumber(pages)];
      const section = [MEMORY_SECTION, ...writeNumber(body.length), ...body];
      return Buffer.concat([wasm.subarray(0, at), Uint8Array.from(section), wasm.subarray(end)]);
    }
    at = end;
  }
  throw new Error('the module declares no memory');
}

/** One memory without a limit of its own: count 1, flags 0, minimum. */
function minimum(wasm: Uint8Array, at: number): number {
  if (wasm[at] !== 1 || wasm[at + 1] !== 0) throw new Error('the module does not declare one memory without a limit');
  return readNumber(wasm, at + 2).value;
}

/** LEB128, unsigned. */
function readNumber(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    if (byte === undefined) throw new Error('the module is cut short');
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, next: at };
  }
}

function writeNumber(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...writeNumber(value >>> 7)];
}
