import type { JsonObject } from '../../base/json.ts';

const text = (maxLength: number): JsonObject => ({ type: 'string', maxLength });
const amount: JsonObject = { type: 'number', minimum: 0, maximum: 1e12 };
const digest: JsonObject = { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' };
const object = (properties: Record<string, JsonObject>, required: readonly string[]): JsonObject => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

const usage = object({ tokens: amount, money: amount, energy: amount }, []);
const conditions = object({ sandbox: { enum: ['srt', 'none'] }, brief: digest, profile: digest }, [
  'sandbox',
  'brief',
  'profile',
]);

/** How a job came out. */
export const RESULT_SCHEMA: JsonObject = {
  oneOf: [
    object(
      {
        outcome: { const: 'done' },
        files: {
          type: 'array',
          maxItems: 100_000,
          items: object(
            { path: text(4_096), digest, type: { enum: ['code', 'analysis', 'test'] }, executable: { const: true } },
            ['path', 'digest', 'type'],
          ),
        },
        removed: { type: 'array', maxItems: 100_000, items: text(4_096) },
        usage,
        conditions,
        transcript: digest,
      },
      ['outcome', 'files'],
    ),
    object({ outcome: { const: 'failed' }, reason: text(100_000), usage, conditions, transcript: digest }, ['outcome', 'reason']),
  ],
};

const action = (kinds: readonly string[], properties: Record<string, JsonObject>): JsonObject =>
  object({ kind: { enum: [...kinds] }, ...properties }, ['kind', ...Object.keys(properties)]);

/** What is to be put to a person. `number`: counted by whoever asks, and the same when they come for the answer again. */
export const QUESTION_SCHEMA: JsonObject = object(
  {
    number: { type: 'integer', minimum: 1, maximum: 10_000 },
    rule: text(4_000),
    action: {
      oneOf: [
        action(['read', 'write'], { path: text(4_096) }),
        action(['run'], { argv: { type: 'array', minItems: 1, maxItems: 10_000, items: text(100_000) } }),
        action(['connect'], { host: text(1_000), port: { type: 'integer', minimum: 0, maximum: 65_535 } }),
        action(['env', 'secret'], { name: text(1_000) }),
        action(['remember', 'recall'], { scope: text(1_000) }),
        action(['spend'], { energy: amount }),
        action(['other'], { what: text(100_000) }),
      ],
    },
    wait: { type: 'number', minimum: 0, maximum: 60 },
  },
  ['number', 'rule', 'action'],
);

/** What happens to an agent that is at work elsewhere: what its profile decided, what its model said, what it remembered. Whatever else is in the log is ours to say. */
export const EVENT_SCHEMA: JsonObject = {
  oneOf: [
    object(
      {
        kind: { const: 'agent.decision' },
        agent: text(1_000),
        action: { type: 'object', properties: { kind: text(40) }, required: ['kind'] },
        decision: object({ verdict: { enum: ['allow', 'deny', 'ask'] }, rule: text(4_000), question: text(40) }, [
          'verdict',
          'rule',
        ]),
      },
      ['kind', 'agent', 'action', 'decision'],
    ),
    object(
      {
        kind: { const: 'agent.exchange' },
        agent: text(1_000),
        model: text(400),
        exchange: { type: 'integer', minimum: 1, maximum: 1_000_000 },
        request: digest,
        response: digest,
        usage: object({ input: amount, output: amount, energy: amount, money: amount, estimated: { type: 'boolean' } }, [
          'input',
          'output',
          'energy',
          'money',
        ]),
      },
      ['kind', 'agent', 'model', 'exchange', 'request', 'response', 'usage'],
    ),
    object(
      {
        kind: { const: 'agent.lifecycle' },
        event: object(
          {
            agentId: text(1_000),
            lifecycle: { const: 'escalated' },
            capabilityProfile: text(200),
            energyBudget: amount,
          },
          ['agentId', 'lifecycle', 'capabilityProfile', 'energyBudget'],
        ),
        reason: text(4_000),
      },
      ['kind', 'event', 'reason'],
    ),
    object({ kind: { const: 'memory.used' }, agent: text(1_000), request: digest, answer: digest }, [
      'kind',
      'agent',
      'request',
      'answer',
    ]),
  ],
};
