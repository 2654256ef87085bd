import { schemaCode, type SchemaCode } from '../../../../base/schema-code.ts';
import { compareText } from '../../../../base/text.ts';
import { stringLiteral } from '../literal.ts';
import type { ContractSchema } from './contract-schema.ts';

const HEAD = `// @ts-nocheck: made by Ajv from the contract's JSON Schema; change the schema, not this file.
`;

/** The validator of a contract as a module: no dependency but the package's own formats. */
export function validatorCode(schema: ContractSchema): string {
  const code = schemaCode(schema.internal, [...schema.references.keys()]);
  const imports = [...referenceImports(code, schema), ...runtimeImports(code)].sort(compareText);
  return `${HEAD}import type { Validator } from '../base/validation.js';
${imports.map((line) => `${line}\n`).join('')}
${[...code.formats].map(([name, format]) => `const ${name} = formats[${stringLiteral(format)}];\n`).join('')}${indented(code.body.split('\n'))}

export const validate: Validator = ${code.entry};
`;
}

function referenceImports(code: SchemaCode, { references }: ContractSchema): string[] {
  return [...code.references].map(([name, id]) => {
    return `import { validate as ${name} } from ${stringLiteral(`./${references.get(id)?.slug ?? ''}.validator.js`)};`;
  });
}

const FUNCTIONS: Record<string, string> = { equal: 'equal', ucs2length: 'textLength' };

function runtimeImports({ functions, formats }: SchemaCode): string[] {
  const lines = [...functions].map(
    ([name, what]) => `import { ${FUNCTIONS[what] ?? what} as ${name} } from '../base/validation.js';`,
  );
  if (formats.size > 0) lines.push("import { formats } from '../base/formats.js';");
  return lines;
}

/** Statements come one a line, so braces at the ends of lines are the structure; text in literals never stands there alone. */
function indented(lines: readonly string[]): string {
  let depth = 0;
  const out: string[] = [];
  for (const line of lines) {
    if (line.startsWith('}')) depth--;
    const text = '  '.repeat(Math.max(depth, 0)) + line;
    if (line.startsWith('else') && out.at(-1)?.trimStart() === '}') out[out.length - 1] += ` ${line}`;
    else out.push(line.startsWith('function ') && depth === 0 && out.length > 0 ? `\n${text}` : text);
    if (line.endsWith('{')) depth++;
  }
  return out.join('\n');
}
