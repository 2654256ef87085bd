import type { AgentDefinition } from './agent-definition.ts';

/**
 * Agents of others, as they were tried: how they are started so that they ask, speak to the gateway and nobody else, and leave the user's own
 * settings alone. Their versions change; what they are asked to do is verified in every session.
 */
export const BUILT_IN_AGENTS: readonly AgentDefinition[] = [
  {
    name: 'claude',
    protocol: 'acp',
    command: ['claude-agent-acp'],
    // Its own first mode decides by itself what needs no question.
    askMode: 'default',
    env: {
      ANTHROPIC_BASE_URL: '${gateway}',
      ANTHROPIC_API_KEY: '${token}',
      ANTHROPIC_MODEL: '${model}',
      CLAUDE_CONFIG_DIR: '${home}/.claude',
      DISABLE_AUTOUPDATER: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    },
    dialect: 'anthropic',
    install: 'npm install --global @agentclientprotocol/claude-agent-acp',
  },
  {
    name: 'codex',
    protocol: 'acp',
    command: ['codex-acp'],
    env: {
      CODEX_HOME: '${home}/.codex',
      // Walls of its own cannot stand inside of ours: it refuses to start in them. Ours are the boundary.
      INITIAL_AGENT_MODE: 'agent-full-access',
      MODEL_PROVIDER: 'agentnexus',
      AGENTNEXUS_TOKEN: '${token}',
      NO_BROWSER: '1',
    },
    homeFiles: {
      '.codex/config.toml': [
        'model = "${model}"',
        'model_provider = "agentnexus"',
        'sandbox_mode = "danger-full-access"',
        'approval_policy = "never"',
        'check_for_update_on_startup = false',
        '[analytics]',
        'enabled = false',
        '[model_providers.agentnexus]',
        'name = "agentnexus"',
        'base_url = "${gateway}"',
        'env_key = "AGENTNEXUS_TOKEN"',
        'wire_api = "responses"',
        '',
      ].join('\n'),
    },
    dialect: 'openai',
    install: 'npm install --global @agentclientprotocol/codex-acp @openai/codex',
  },
  {
    name: 'gemini',
    protocol: 'acp',
    command: ['gemini', '--acp'],
    askMode: 'default',
    env: {
      GEMINI_API_KEY: '${token}',
      GOOGLE_GEMINI_BASE_URL: '${gateway}',
      GEMINI_MODEL: '${model}',
      GEMINI_CLI_TRUST_WORKSPACE: 'true',
      GEMINI_TELEMETRY_ENABLED: 'false',
    },
    homeFiles: {
      '.gemini/settings.json': JSON.stringify({
        security: { auth: { selectedType: 'gemini-api-key' } },
        general: { enableAutoUpdate: false, checkpointing: { enabled: false } },
        privacy: { usageStatisticsEnabled: false },
      }),
    },
    dialect: 'gemini',
    install: 'npm install --global @google/gemini-cli',
  },
  {
    name: 'opencode',
    protocol: 'acp',
    command: ['opencode', 'acp'],
    env: {
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_CONFIG: '${home}/opencode.json',
      AGENTNEXUS_TOKEN: '${token}',
    },
    homeFiles: {
      // Left to itself it asks nobody.
      'opencode.json': JSON.stringify({
        $schema: 'https://opencode.ai/config.json',
        permission: { edit: 'ask', bash: 'ask', webfetch: 'ask', external_directory: 'ask' },
        autoupdate: false,
        share: 'disabled',
        snapshot: false,
        model: 'agentnexus/${model}',
        small_model: 'agentnexus/${model}',
        provider: {
          agentnexus: {
            npm: '@ai-sdk/openai-compatible',
            name: 'agentnexus',
            options: { baseURL: '${gateway}', apiKey: '${token}' },
            models: { '${model}': { name: '${model}' } },
          },
        },
      }),
    },
    dialect: 'openai',
    install: 'npm install --global opencode-ai',
  },
  {
    name: 'goose',
    protocol: 'acp',
    command: ['goose', 'acp'],
    askMode: 'approve',
    env: {
      GOOSE_MODE: 'approve',
      GOOSE_PROVIDER: 'openai',
      GOOSE_MODEL: '${model}',
      OPENAI_HOST: '${gateway}',
      OPENAI_API_KEY: '${token}',
      GOOSE_DISABLE_KEYRING: '1',
      GOOSE_TELEMETRY_ENABLED: 'false',
    },
    dialect: 'openai',
    install: 'see https://github.com/aaif-goose/goose',
  },
];

/** Names that a configuration cannot give to agents of its own. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'compiler',
  'script',
  'exec',
  'model',
  'qa',
  'gate',
  ...BUILT_IN_AGENTS.map(({ name }) => name),
]);
