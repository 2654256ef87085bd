import type { Embedder } from '../../workspace/memory/embedder.ts';
import { hashEmbedder } from '../../workspace/memory/hash-embedder.ts';
import { readConfig } from '../config.ts';

/**
 * Who makes the vectors: the built-in embedder, or the server that the environment names. Not the configuration: that comes with a repository, and what is
 * remembered would go where anybody says.
 */
export async function openEmbedder(): Promise<Embedder> {
  const { embeddings } = readConfig();
  if (embeddings === undefined) return hashEmbedder();
  const { endpointEmbedder } = await import('../../workspace/memory/endpoint-embedder.ts');
  return endpointEmbedder(embeddings);
}
