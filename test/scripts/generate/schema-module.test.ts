import { expect, test } from 'vitest';

import { type Schema, SchemaModule } from '../../../scripts/generate/schema-module.ts';

function types(schema: Schema): string {
  return new SchemaModule(schema, { file: 'agent-event.schema.json', suffix: '.schema.json' }).text().trim();
}

test('objects keep order, optionality and descriptions', () => {
  const schema: Schema = {
    type: 'object',
    description: 'What an agent did.',
    required: ['agent-id'],
    properties: {
      'agent-id': { type: 'string', description: 'Who.' },
      lifecycle: { enum: ['spawned', 'retired'] },
      spans: { type: 'array', items: { type: ['integer', 'null'] } },
    },
    additionalProperties: false,
  };
  expect(types(schema)).toBe(`/** What an agent did. */
export type AgentEvent = {
  /** Who. */
  "agent-id": string;
  lifecycle?: "spawned" | "retired";
  spans?: (number | null)[];
};`);
});

test('definitions and other files become named types', () => {
  const schema: Schema = {
    oneOf: [{ $ref: '#/$defs/started' }, { $ref: 'task.schema.json' }, { $ref: 'task.schema.json#/$defs/edge' }],
    $defs: { started: { type: 'object', properties: { next: { $ref: '#' } } } },
  };
  expect(types(schema)).toBe(`import type { Task, Edge } from './task.ts';

export type AgentEvent = Started | Task | Edge;

export type Started = {
  next?: AgentEvent;
};`);
});

test('maps, tuples, constants and combinations', () => {
  expect(types({ type: 'object', additionalProperties: { type: 'number' } })).toBe(
    'export type AgentEvent = Record<string, number>;',
  );
  expect(types({ type: 'array', prefixItems: [{ const: 'a' }, true], items: false })).toBe(
    'export type AgentEvent = ["a", unknown];',
  );
  expect(types({ allOf: [{ $ref: '#/$defs/a' }, { anyOf: [{ type: 'null' }, { $ref: '#/$defs/b' }] }] })).toBe(
    'export type AgentEvent = A & (null | B);',
  );
});

test('what has no meaning here is refused rather than guessed', () => {
  expect(() => types({ $ref: '#/properties/x' })).toThrow('agent-event.schema.json: only whole files and #/$defs/NAME');
  expect(() => types({ type: 'date' })).toThrow('unknown type date');
});
