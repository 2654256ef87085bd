import type { JsonValue } from '../../../../base/json.ts';
import type { OutputFile } from '../../agent.ts';
import { integrationFragment } from '../fragments.ts';
import { capital, docComment, oneLine, stringLiteral, withArticle } from '../literal.ts';
import { returnOperation } from '../return-operation.ts';
import { typeName } from '../names.ts';

/** A service outside: a port for it, a stub, and a test of the stub. The specification names its purpose, not its calls: there is one call. */
export function compileIntegration(fragment: JsonValue): OutputFile[] {
  const integration = integrationFragment(fragment);
  const { slug } = integration;
  return [
    { path: `src/integrations/${slug}.ts`, content: sourceFile(integration), type: 'code' },
    { path: `test/integrations/${slug}.test.ts`, content: testFile(integration), type: 'test' },
  ];
}

/** Names that an integration's module exports. */
export function integrationNames(integration: { name: string; slug: string }): Record<'port' | 'stub', string> {
  const type = typeName(integration);
  return { port: `${type}Integration`, stub: `${type}IntegrationStub` };
}

function sourceFile(integration: { name: string; slug: string; purpose: string }): string {
  const { port, stub } = integrationNames(integration);
  const name = oneLine(integration.name);
  return `import type { JsonObject } from '../base/json.js';
import { operation, parseJsonObject } from '../base/operation.js';

${docComment([name, integration.purpose === '' ? '' : `For ${oneLine(integration.purpose)}`])}export interface ${port} {
${docComment([`Asks ${name}; what a request and its answer hold is agreed with the service, not by the specification.`], '  ')}  call(request: JsonObject): Promise<JsonObject>;
}

${docComment([`${capital(withArticle(port))} that calls the handler it is given; without one it rejects with NotImplemented.`])}export class ${stub} implements ${port} {
  readonly #handlers: Partial<${port}>;

  constructor(handlers: Partial<${port}> = {}) {
    this.#handlers = handlers;
  }

  call(request: JsonObject): Promise<JsonObject> {
    const boundary = { input: parseJsonObject, output: parseJsonObject };
    const handler = this.#handlers.call?.bind(this.#handlers);
${returnOperation(`${port}.call`, 'request')}
  }
}
`;
}

function testFile(integration: { name: string; slug: string }): string {
  const { stub } = integrationNames(integration);
  return `import { ${stub} } from ${stringLiteral(`../../src/integrations/${integration.slug}.js`)};
import { anyObject } from '../base/arbitraries.js';
import { otherThan } from '../base/breaks.js';
import { testOperations } from '../base/operations.js';

testOperations(
  (handlers) => new ${stub}(handlers),
  [
    {
      name: 'call',
      input: anyObject(),
      output: anyObject(),
      brokenInput: otherThan('object'),
      brokenOutput: otherThan('object'),
    },
  ],
);
`;
}
