/** The architecture as data, lowest layer first: a folder may import itself and the folders before it. */
export interface Layer {
  folder: string;
  /** Packages and Node modules that only this layer may import (a trailing `/*` means a whole scope). */
  owns: readonly string[];
  /** It runs in browsers: no module of Node.js, neither imported nor as a global. */
  browser?: true;
}

export const LAYERS: readonly Layer[] = [
  { folder: 'src/base', owns: ['ajv', 'ajv-formats', 'canonicalize'] },
  { folder: 'src/spec', owns: ['markdown-it', 'yaml'] },
  { folder: 'src/runtime/log', owns: ['better-sqlite3'] },
  { folder: 'src/runtime/policy', owns: ['@open-policy-agent/opa-wasm', 'jose'] },
  { folder: 'src/runtime/vault', owns: ['@sigstore/*', '@noble/curves', '@aws-sdk/*', '@octokit/rest'] },
  {
    folder: 'src/runtime/workspace',
    owns: [
      'simple-git',
      'execa',
      'openai',
      '@agentclientprotocol/sdk',
      '@anthropic-ai/sandbox-runtime',
      'picomatch',
      'node:child_process',
    ],
  },
  {
    folder: 'src/runtime/qa',
    owns: [
      'fast-check',
      'jest',
      '@jest/globals',
      'typescript',
      '@asyncapi/specs',
      '@seriousme/openapi-schema-validator',
      '@rgrove/parse-xml',
      '@kubernetes/client-node',
    ],
  },
  { folder: 'src/runtime/mission', owns: [] },
  { folder: 'src/runtime/report', owns: [] },
  { folder: 'src/runtime/relay', owns: ['@opentelemetry/*', 'prom-client'] },
  { folder: 'src/runtime/cluster', owns: ['@temporalio/*'] },
  { folder: 'src/runtime/app', owns: ['node:process'] },
  {
    folder: 'src/runtime/serve',
    owns: ['fastify', '@fastify/*', 'jose', 'commander', 'ws', '@connectrpc/*', '@bufbuild/protobuf'],
  },
  { folder: 'src/board', owns: ['preact', '@sigstore/*', 'buffer'], browser: true },
  { folder: 'src/cli', owns: ['ink', 'react', 'chalk', '@oclif/core'] },
  { folder: 'src/commands', owns: ['@oclif/core'] },
];

/**
 * The modules that may read `process.env`; everything else is handed what it needs. The second loads a package that goes by it, and those after it are programs of
 * their own, which are told in no other way.
 */
export const ENVIRONMENT_READERS: readonly string[] = [
  'src/runtime/app/config.ts',
  'src/cli/monitor/ink/load-ink.ts',
  'src/runtime/workspace/model/model-entry.ts',
  'src/runtime/workspace/memory/memory-bridge-entry.ts',
];

/** Files that belong to the package rather than to a layer. */
export const PACKAGE_FILES: readonly string[] = ['src/index.ts'];
