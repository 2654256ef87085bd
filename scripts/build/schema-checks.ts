import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Plugin } from 'esbuild';

import type { JsonObject } from '../../src/base/json.ts';
import { schemaCode } from '../../src/base/schema-code.ts';

/**
 * Puts the code of the validators in place of modules `*-check.ts`, whose exports are checks that `compileSchema` makes, or objects of such: what is known now need
 * not be compiled by every command, and none loads ajv for it.
 */
export function schemaChecks(src: string): Plugin {
  return {
    name: 'schema-checks',
    setup(build) {
      build.onLoad({ filter: /-check\.ts$/ }, async ({ path }) => {
        if (!path.startsWith(src + sep)) return undefined;
        const checks = (await import(pathToFileURL(path).href)) as object;
        const code = Object.entries(checks).map(([name, value]) => `export const ${name} = ${checkCode(value)};\n`);
        return { contents: withImports(code.join('')), loader: 'js' };
      });
    },
  };
}

function checkCode(value: unknown): string {
  if (typeof value === 'function' && 'schema' in value)
    return `checkBy(() => {\n${validatorCode(value.schema as JsonObject)}\n})`;
  if (typeof value !== 'object' || value === null) throw new Error('a module of checks exports something else');
  const members = Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${checkCode(each)},\n`);
  return `{\n${members.join('')}}`;
}

function validatorCode(schema: JsonObject): string {
  const { formats, functions, body, entry } = schemaCode(schema);
  const named = [
    ...[...formats].map(([name, format]) => `const ${name} = formats.fullFormats[${JSON.stringify(format)}];`),
    ...[...functions].map(([name, what]) => `const ${name} = ${what}.default;`),
  ];
  return [...named, body, `return ${entry};`].join('\n');
}

const IMPORTED = {
  formats: 'ajv-formats/dist/formats.js',
  equal: 'ajv/dist/runtime/equal.js',
  ucs2length: 'ajv/dist/runtime/ucs2length.js',
};

/** Of these packages only what the code speaks of: CommonJS runs wherever it is imported. */
function withImports(code: string): string {
  const used = Object.entries(IMPORTED).filter(([name]) => code.includes(` = ${name}.`));
  const imports = used.map(([name, path]) => `import ${name} from '${path}';\n`);
  return `import { checkBy } from ${JSON.stringify(CHECK_BY)};\n${imports.join('')}${code}`;
}

const CHECK_BY = join(import.meta.dirname, '..', '..', 'src', 'base', 'check-by.ts');
