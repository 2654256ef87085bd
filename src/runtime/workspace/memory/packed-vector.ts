/** A vector of length 1, as it is kept: the signs of its components, and the components in eight bits. */
export interface PackedVector {
  /** One bit for each component, set where it is positive; in words of 32. */
  bits: Uint32Array<ArrayBuffer>;
  data: Int8Array<ArrayBuffer>;
  /** What a component of `data` is to be multiplied with. */
  scale: number;
}

/** 2 kB of floats become 576 bytes; a cosine is off by less than 0.005 then. */
export function packVector(vector: Float32Array): PackedVector {
  const unit = unitVector(vector);
  const most = unit.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const scale = most === 0 ? 1 : most / 127;
  return { bits: signBits(unit), data: Int8Array.from(unit, (value) => Math.round(value / scale)), scale };
}

export function wordsOf(dimensions: number): number {
  return Math.ceil(dimensions / 32);
}

export function signBits(
  vector: Float32Array,
  isSet: (value: number) => boolean = (value) => value > 0,
): Uint32Array<ArrayBuffer> {
  const bits = new Uint32Array(wordsOf(vector.length));
  vector.forEach((value, at) => {
    if (isSet(value)) bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 31));
  });
  return bits;
}

export function unitVector(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
}

/** The vector back from its blob, dot `query`. */
export function dot(query: Float32Array, data: Uint8Array, scale: number): number {
  let sum = 0;
  for (let at = 0; at < query.length; at++) sum += (query[at] ?? 0) * (((data[at] ?? 0) << 24) >> 24);
  return sum * scale;
}
