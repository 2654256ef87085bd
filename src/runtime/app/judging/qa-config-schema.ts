import type { JsonObject } from '../../../base/json.ts';
import { PROBE_SCHEMA } from '../../qa/chaos/experiment-schema.ts';

const SHARE = { type: 'number', minimum: 0, maximum: 1 } as const;
const COUNT = { type: 'integer', minimum: 0 } as const;

/** What `qa` in `.agentnexus.yaml` may hold; `schemas/files/agentnexus.schema.json` says the same, and a test holds them together. */
export const QA_CONFIG_SCHEMA: JsonObject = {
  description: 'What products and projects are judged by.',
  type: 'object',
  additionalProperties: false,
  properties: {
    policy: {
      description: 'The least that is asked for, and what findings count as. Shares are 0 to 1.',
      type: 'object',
      additionalProperties: false,
      properties: {
        coverage: { description: 'Share of lines that tests must reach.', ...SHARE },
        mutation: { description: 'Share of mutants that tests must notice.', ...SHARE },
        flaky: { description: 'Most tests that may be flaky.', ...COUNT },
        skipped: { description: 'Most tests that may be skipped.', ...COUNT },
        levels: {
          description: 'What findings count as, by their codes.',
          type: 'object',
          propertyNames: { pattern: '^QA_[A-Z_]+$' },
          additionalProperties: { enum: ['error', 'note', 'off'] },
        },
      },
    },
    commands: {
      description: 'Commands that judge the project, without a shell, and the reports that they leave.',
      type: 'array',
      items: {
        type: 'object',
        required: ['run', 'reports'],
        additionalProperties: false,
        properties: {
          run: { type: 'string', minLength: 1 },
          reports: { type: 'array', minItems: 1, items: { type: 'string', pattern: '^(?:junit|ctrf|sarif|lcov):.' } },
        },
      },
    },
    contracts: {
      description: 'JSON Schemas, and what is promised of them; without it, each `*.schema.json`.',
      type: 'array',
      items: {
        type: 'object',
        required: ['schema'],
        additionalProperties: false,
        properties: {
          schema: { description: 'Path of the schema.', type: 'string', minLength: 1 },
          module: { description: 'Path of a module that has the functions.', type: 'string', minLength: 1 },
          accepts: {
            description: 'A function that takes valid values and refuses others, by `false` or an error.',
            type: 'string',
          },
          roundTrip: {
            description: 'Two functions: the second gives back what the first was given.',
            type: 'array',
            items: { type: 'string' },
            minItems: 2,
            maxItems: 2,
          },
        },
      },
    },
    api: {
      description: 'The OpenAPI document of the service, and where it listens.',
      type: 'object',
      additionalProperties: false,
      properties: { document: { type: 'string', minLength: 1 }, url: { type: 'string', format: 'uri' } },
    },
    suites: {
      description: 'Suites that judge what a mission has made, once its tests pass.',
      type: 'array',
      uniqueItems: true,
      items: { enum: ['contracts', 'mutation'] },
    },
    heldOut: {
      description: 'Tests that agents do not see, run on what they have made.',
      type: 'array',
      items: {
        type: 'object',
        required: ['tests', 'requirement'],
        additionalProperties: false,
        properties: {
          tests: {
            description: 'A folder or file, seen from this file. Agents see nothing of it.',
            type: 'string',
            minLength: 1,
          },
          at: {
            description: 'The folder of the product that it is laid over; the root if left out.',
            type: 'string',
            minLength: 1,
          },
          requirement: {
            description: 'What agents are told where one of them fails: the id of a requirement,',
            type: 'string',
            minLength: 1,
            maxLength: 100,
          },
          title: { description: 'and what it asks for.', type: 'string', minLength: 1, maxLength: 200 },
        },
      },
    },
    probes: { description: 'What is asked of something that runs.', type: 'array', items: PROBE_SCHEMA },
  },
};
