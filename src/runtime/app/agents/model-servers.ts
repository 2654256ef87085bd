import type { ModelDialect } from '../../workspace/gateway/gateway.ts';
import type { Upstream } from '../../workspace/gateway/upstream.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The value of a secret now. */
export type SecretNamed = (name: string) => Promise<string>;

const OPENAI = 'https://api.openai.com/v1';
const ANTHROPIC = 'https://api.anthropic.com';
const GEMINI = 'https://generativelanguage.googleapis.com';

/**
 * The servers with models that the environment names, and their keys. A key goes only to the server it is for: OpenAI's to nobody else when
 * AGENTNEXUS_MODEL_URL names another. AGENTNEXUS_MODEL_SECRET names a secret that is its key, fetched anew for each exchange. No configuration of a bundle has a say in this: it might be anybody's. docs/models.md.
 */
export function modelServers(env: Environment, secretNamed: SecretNamed): Record<ModelDialect, Upstream> {
  const baseUrl = env['AGENTNEXUS_MODEL_URL'] || OPENAI;
  const embeddingModel = env['AGENTNEXUS_EMBEDDINGS_MODEL'];
  const secret = env['AGENTNEXUS_MODEL_SECRET'];
  const key = secret ? () => secretNamed(secret) : openaiKey(env, baseUrl);
  return {
    openai: { baseUrl, key, ...(embeddingModel ? { embeddingModel } : {}) },
    anthropic: { baseUrl: env['ANTHROPIC_BASE_URL'] || ANTHROPIC, key: env['ANTHROPIC_API_KEY'] || undefined },
    gemini: {
      baseUrl: env['GOOGLE_GEMINI_BASE_URL'] || GEMINI,
      key: env['GEMINI_API_KEY'] || env['GOOGLE_API_KEY'] || undefined,
    },
  };
}

const HUGGING_FACE = /^(router\.huggingface\.co|[\w.-]+\.endpoints\.huggingface\.cloud)$/;

function openaiKey(env: Environment, baseUrl: string): string | undefined {
  if (env['AGENTNEXUS_MODEL_KEY']) return env['AGENTNEXUS_MODEL_KEY'];
  const host = URL.parse(baseUrl)?.hostname ?? '';
  if (host === 'api.openai.com') return env['OPENAI_API_KEY'] || undefined;
  return HUGGING_FACE.test(host) ? env['HF_TOKEN'] || undefined : undefined;
}
