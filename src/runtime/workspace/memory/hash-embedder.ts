import type { Embedder } from './embedder.ts';

const DIMENSIONS = 512;

/**
 * Words and the groups of three letters in them, each thrown by its hash upon one of 512 directions: the angle between two vectors is about what the texts
 * have in common. The same everywhere, without a model and without a network; it knows no meaning, but finds what is misspelt, compound, or written without
 * spaces.
 */
export function hashEmbedder(): Embedder {
  return {
    id: 'hash-512',
    dimensions: DIMENSIONS,
    sparse: true,
    // Texts with nothing in common are 1/√512 = 0.044 from a right angle; this is five times that.
    floor: 0.22,
    embed: async (texts) => texts.map(embedOne),
  };
}

function embedOne(text: string): Float32Array {
  const vector = new Float32Array(DIMENSIONS);
  for (const [word, count] of wordCounts(text)) {
    const weight = Math.sqrt(count) * Math.min(1, word.length / 4);
    add(vector, hashOf(word), weight * WHOLE_WORD);
    const grams = gramsOf(word);
    for (const gram of grams) add(vector, hashOf(gram), weight / Math.sqrt(grams.length));
  }
  return vector;
}

const MAX_WORDS = 2000;

/** What a word counts beside its letters: those who look for whole words have BM25. */
const WHOLE_WORD = 0.5;

function wordCounts(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [word] of text
    .normalize('NFKC')
    .toLowerCase()
    .matchAll(/[\p{L}\p{N}]+/gu)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
    if (counts.size === MAX_WORDS) break;
  }
  return counts;
}

/** `^or`, `ord`, `rde`, `der`, `er$`. */
function gramsOf(word: string): string[] {
  const marked = Array.from(`^${word.slice(0, 60)}$`);
  return Array.from({ length: Math.max(0, marked.length - 2) }, (_, at) => marked.slice(at, at + 3).join(''));
}

function add(vector: Float32Array, hash: number, weight: number): void {
  const mixed = mix(hash);
  const at = mixed & (DIMENSIONS - 1);
  vector[at] = (vector[at] ?? 0) + (mixed < 0 ? -weight : weight);
}

/** FNV-1a over UTF-16 code units. */
function hashOf(text: string): number {
  let hash = 0x811c_9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193);
  return hash;
}

/** The last steps of MurmurHash3: each bit of the result depends on each of `value`. */
function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85eb_ca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}
