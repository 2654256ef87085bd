/** Makes vectors of texts. */
export interface Embedder {
  /** What the vectors depend on: those of another id are never compared with these. */
  readonly id: string;
  readonly dimensions: number;
  /** Whether most components of a question's vector are zero. */
  readonly sparse: boolean;
  /** Cosine below which two texts have nothing in common. */
  readonly floor: number;
  /** One for each text, in order. Rejects with `EMBEDDER_FAILED`. */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>;
}
