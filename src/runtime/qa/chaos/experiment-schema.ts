import type { JsonObject } from '../../../base/json.ts';
import { CLUSTER_KINDS } from './cluster-fault.ts';

const TIME = { type: 'string', pattern: '^\\d+(?:\\.\\d+)?(?:ms|s|m)$' } as const;
const PORT = { type: 'integer', minimum: 1, maximum: 65535 } as const;
const TEXT = { type: 'string', minLength: 1 } as const;

/** A probe, as it stands in an experiment or in the configuration. */
export const PROBE_SCHEMA: JsonObject = {
  description:
    'Asks for a while whether something is as it should be. Exactly one of `http`, `tcp`, `exec`, `promql`, `mission`.',
  type: 'object',
  required: ['name'],
  additionalProperties: false,
  oneOf: ['http', 'tcp', 'exec', 'promql', 'mission'].map((kind) => ({ required: [kind] })),
  properties: {
    name: TEXT,
    http: {
      description: 'A GET that must be answered with `status` (2xx if left out) and a body that contains `body`.',
      type: 'object',
      required: ['url'],
      additionalProperties: false,
      properties: {
        url: { type: 'string', pattern: '^https?://' },
        status: { type: 'integer', minimum: 100, maximum: 599 },
        body: { type: 'string' },
      },
    },
    tcp: {
      description: 'A connection that must come about.',
      type: 'object',
      required: ['port'],
      additionalProperties: false,
      properties: { host: TEXT, port: PORT },
    },
    exec: {
      description: 'A command, without a shell, that must end with 0.',
      type: 'object',
      required: ['run'],
      additionalProperties: false,
      properties: { run: TEXT },
    },
    promql: {
      description: 'A query to Prometheus whose values must lie between `min` and `max`.',
      type: 'object',
      required: ['url', 'query'],
      additionalProperties: false,
      properties: {
        url: { type: 'string', pattern: '^https?://' },
        query: TEXT,
        min: { type: 'number' },
        max: { type: 'number' },
      },
    },
    mission: {
      description: 'A synthetic mission: a bundle that is applied in a workspace of its own, and must succeed.',
      type: 'object',
      required: ['bundle'],
      additionalProperties: false,
      properties: {
        bundle: { description: 'In the project.', ...TEXT },
        agent: { description: 'Default `compiler`; or `script:FILE`.', type: 'string', pattern: '^(?:compiler|script:.+)$' },
      },
    },
    within: { description: 'The longest that an answer may take; default 2s, of a mission 60s.', ...TIME },
    window: { description: 'How long is asked; once if left out.', ...TIME },
    every: { description: 'How often is asked within the window; default 250ms.', ...TIME },
    threshold: { description: 'Least share of answers that must be right; default 1.', type: 'number', minimum: 0, maximum: 1 },
  },
};

/** A file of `chaos/experiments`; `schemas/files/experiment.schema.json` says the same, and a test holds them together. */
export const EXPERIMENT_SCHEMA: JsonObject = {
  type: 'object',
  required: ['name', 'steady', 'faults'],
  additionalProperties: false,
  properties: {
    name: TEXT,
    description: { type: 'string' },
    processes: {
      description: 'What is started for the experiment, without a shell, in a copy of the project, and ended after it.',
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'run'],
        additionalProperties: false,
        properties: {
          name: TEXT,
          run: TEXT,
          port: { description: 'It is there when this port of the machine takes connections.', ...PORT },
        },
      },
    },
    proxies: {
      description: 'Ports of this machine that lead to a TCP service, and can be disturbed.',
      type: 'array',
      items: {
        type: 'object',
        required: ['name', 'listen', 'port'],
        additionalProperties: false,
        properties: { name: TEXT, listen: PORT, host: { description: 'Default 127.0.0.1.', ...TEXT }, port: PORT },
      },
    },
    steady: { description: 'What holds before, and must hold again after.', type: 'array', minItems: 1, items: PROBE_SCHEMA },
    during: {
      description: 'What must hold while the faults are there; `steady` if left out.',
      type: 'array',
      items: PROBE_SCHEMA,
    },
    faults: {
      description: 'What is done, all at once. Each is undone, whatever happens.',
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        minProperties: 1,
        properties: {
          proxy: { description: 'Name of a proxy.', ...TEXT },
          latency: { description: 'By how much each way takes longer.', ...TIME },
          cut: { description: 'Connections are reset, and none is made.', const: true },
          resetAfter: { description: 'Connections are reset after so many bytes to the client.', type: 'integer', minimum: 1 },
          bandwidth: { description: 'Bytes a second.', type: 'integer', minimum: 1 },
          process: { description: 'Name of a process of this experiment.', ...TEXT },
          stop: { description: 'It is suspended, and goes on afterwards.', const: true },
          kill: { description: 'It is killed, and started again afterwards.', const: true },
          disk: {
            description: 'A folder of the process, which then has a small file system of its own, is full.',
            type: 'object',
            required: ['folder'],
            additionalProperties: false,
            properties: {
              folder: { description: 'In the project.', ...TEXT },
              size: { description: 'Bytes; default 16 MiB.', type: 'integer', minimum: 65_536, maximum: 1_073_741_824 },
            },
          },
          clock: {
            description: 'By how much the clock of the process is wrong.',
            type: 'string',
            pattern: '^[+-]\\d+(?:\\.\\d+)?(?:ms|[smhd])$',
          },
          cluster: {
            description: 'An experiment of Chaos Mesh, in a namespace that `--allow-namespace` names.',
            type: 'object',
            required: ['kind', 'namespace', 'spec', 'duration'],
            additionalProperties: false,
            properties: {
              kind: { enum: [...CLUSTER_KINDS] },
              namespace: { type: 'string', pattern: '^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$' },
              spec: { description: 'As the custom resource has it, without `duration`.', type: 'object' },
              duration: {
                description: 'After which Chaos Mesh ends it by itself: at most 30m.',
                type: 'string',
                pattern: '^(?:[12]?\\d|30)m$|^\\d{1,3}s$',
              },
            },
          },
        },
      },
    },
    settle: {
      description: 'Time between the faults and the first question, and for what was disturbed to recover; default 500ms.',
      ...TIME,
    },
    recover: { description: 'The longest until all is steady again; default 10s.', ...TIME },
  },
};
