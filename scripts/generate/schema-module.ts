/** The part of JSON Schema 2020-12 that has a TypeScript meaning; keywords that only narrow values (pattern, minimum …) are ignored. */
export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema | boolean>;
  title?: string;
  description?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, Schema | boolean>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  unevaluatedProperties?: Schema | boolean;
  items?: Schema | boolean;
  prefixItems?: (Schema | boolean)[];
  oneOf?: (Schema | boolean)[];
  anyOf?: (Schema | boolean)[];
  allOf?: (Schema | boolean)[];
}

interface Options {
  /** File name of the schema, which names its main type and appears in messages. */
  file: string;
  suffix: string;
}

/** Turns one schema file into one module: an exported type for the schema itself and for each of its `$defs`. */
export class SchemaModule {
  readonly #schema: Schema;
  readonly #options: Options;
  readonly #imports = new Map<string, Set<string>>();

  constructor(schema: Schema, options: Options) {
    this.#schema = schema;
    this.#options = options;
  }

  text(): string {
    const main = this.#declaration(this.#mainName(), this.#schema);
    const definitions = Object.entries(this.#schema.$defs ?? {}).map(([name, schema]) =>
      this.#declaration(typeName(name), schema),
    );
    const imports = [...this.#imports].map(([file, names]) => `import type { ${[...names].join(', ')} } from './${file}';\n`);
    return `\n${[imports.join(''), main, ...definitions].filter((part) => part !== '').join('\n')}`;
  }

  #mainName(): string {
    return typeName(this.#options.file.slice(0, -this.#options.suffix.length));
  }

  #declaration(name: string, schema: Schema | boolean): string {
    const comment = typeof schema === 'object' ? doc(schema, '') : '';
    return `${comment}export type ${name} = ${this.#type(schema, '')};\n`;
  }

  #type(schema: Schema | boolean, indent: string): string {
    if (typeof schema === 'boolean') return schema ? 'unknown' : 'never';
    const parts: string[] = [];
    if (schema.$ref !== undefined) parts.push(this.#reference(schema.$ref));
    if ('const' in schema) parts.push(JSON.stringify(schema.const));
    else if (schema.enum !== undefined) parts.push(union(schema.enum.map((value) => JSON.stringify(value))));
    else if (schema.type !== undefined) parts.push(union([schema.type].flat().map((type) => this.#byType(type, schema, indent))));
    else if (schema.properties !== undefined) parts.push(this.#object(schema, indent));
    for (const choices of [schema.oneOf, schema.anyOf]) {
      if (choices !== undefined) parts.push(union(choices.map((choice) => this.#type(choice, indent))));
    }
    for (const part of schema.allOf ?? []) parts.push(this.#type(part, indent));
    const known = [...new Set(parts)].filter((part) => part !== 'unknown');
    if (known.length <= 1) return known[0] ?? 'unknown';
    return known.map((part) => (part.includes(' | ') ? `(${part})` : part)).join(' & ');
  }

  #byType(type: string, schema: Schema, indent: string): string {
    switch (type) {
      case 'object':
        return this.#object(schema, indent);
      case 'array':
        return this.#array(schema, indent);
      case 'integer':
        return 'number';
      case 'string':
      case 'number':
      case 'boolean':
      case 'null':
        return type;
      default:
        throw new Error(`${this.#options.file}: unknown type ${type}`);
    }
  }

  #array({ items, prefixItems }: Schema, indent: string): string {
    const rest = items === undefined ? 'unknown' : this.#type(items, indent);
    if (prefixItems === undefined) return /^[\w.]+$/.test(rest) ? `${rest}[]` : `(${rest})[]`;
    const fixed = prefixItems.map((item) => this.#type(item, indent));
    return `[${[...fixed, ...(rest === 'never' ? [] : [`...(${rest})[]`])].join(', ')}]`;
  }

  #object({ properties = {}, required = [], additionalProperties }: Schema, indent: string): string {
    const inner = `${indent}  `;
    const fields = Object.entries(properties).map(([name, schema]) => {
      const comment = typeof schema === 'object' ? doc(schema, inner) : '';
      return `${comment}${inner}${propertyName(name)}${required.includes(name) ? '' : '?'}: ${this.#type(schema, inner)};\n`;
    });
    const isMap = typeof additionalProperties === 'object' || (fields.length === 0 && additionalProperties !== false);
    const rest = isMap ? `Record<string, ${this.#type(additionalProperties ?? true, indent)}>` : undefined;
    if (fields.length === 0) return rest ?? 'Record<string, never>';
    const body = `{\n${fields.join('')}${indent}}`;
    return rest === undefined ? body : `${body} & ${rest}`;
  }

  #reference(ref: string): string {
    const [file = '', fragment = ''] = ref.split('#', 2);
    const definition = /^(?:\/\$defs\/([^/]+))?$/.exec(fragment);
    if (definition === null)
      throw new Error(`${this.#options.file}: only whole files and #/$defs/NAME can be referred to, not ${ref}`);
    if (file === '') return definition[1] === undefined ? this.#mainName() : typeName(definition[1]);

    const base = file.slice(file.lastIndexOf('/') + 1);
    if (!base.endsWith(this.#options.suffix))
      throw new Error(`${this.#options.file}: ${ref} names no ${this.#options.suffix} file`);
    const stem = base.slice(0, -this.#options.suffix.length);
    const name = typeName(definition[1] ?? stem);
    const names = this.#imports.get(`${stem}.ts`) ?? new Set();
    this.#imports.set(`${stem}.ts`, names.add(name));
    return name;
  }
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(' | ');
}

function typeName(name: string): string {
  return name.replaceAll(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function doc({ description }: Schema, indent: string): string {
  return description === undefined ? '' : `${indent}/** ${description.replaceAll('*/', '* /').replaceAll(/\s*\n\s*/g, ' ')} */\n`;
}
