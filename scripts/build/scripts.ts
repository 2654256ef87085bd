import { dirname, join, relative, sep } from 'node:path';

import { parseSync, Visitor } from 'oxc-parser';

/** What a script or module of `dist/` calls its `Place` (`bin/scripts.js`). */
const PLACE = '__place';

/** A piece of a text, and what stands there instead. */
interface Edit {
  start: number;
  end: number;
  text: string;
}

type Program = ReturnType<typeof parseSync>['program'];
type Import = Extract<Program['body'][number], { type: 'ImportDeclaration' }>;

/**
 * Makes ES modules, as esbuild writes them, what `bin/scripts.js` loads. Modules that processes begin with stay modules (`isModule`), and load scripts.
 * Imported names become constants of the importer: as quick as names of its own, but read once. So no script may change what it exports when it has run, and none
 * may import one that imports it; the build fails where one does.
 */
export function toScripts(
  root: string,
  files: ReadonlyMap<string, string>,
  isModule: (path: string) => boolean,
): Map<string, string> {
  const imports = new Map<string, string[]>();
  const written = [...files].map(([path, text]): [string, string] => {
    const parsed = parse(path, text);
    imports.set(
      path,
      relativeImports(parsed.program).map(({ source }) => join(dirname(path), source.value)),
    );
    return [path, isModule(path) ? moduleOf({ root, path, text, ...parsed }) : scriptOf({ path, text, ...parsed })];
  });
  failOnCycle(imports);
  return new Map(written);
}

function parse(path: string, text: string): Pick<ReturnType<typeof parseSync>, 'program' | 'module'> {
  const { program, module, errors } = parseSync(path, text, { sourceType: 'module' });
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`);
  if (text.includes(PLACE)) throw new Error(`${path}: ${PLACE} is a name of the build's`);
  return { program, module };
}

interface Parsed extends ReturnType<typeof parse> {
  path: string;
  text: string;
}

function scriptOf(parsed: Parsed): string {
  const { path, text, program, module } = parsed;
  const exported = new Map<string, string>();
  const edits = [...calls(module), ...metas(parsed)];
  for (const node of program.body) {
    if (node.type === 'ImportDeclaration') edits.push(edited(node, bindings(node)));
    if (node.type === 'ExportDefaultDeclaration' || node.type === 'ExportAllDeclaration')
      throw new Error(`${path}: ${node.type}`);
    if (node.type !== 'ExportNamedDeclaration') continue;
    if (node.source !== null || node.declaration !== null) throw new Error(`${path}: an export that is more than names`);
    for (const specifier of node.specifiers) exported.set(nameOf(specifier.exported), nameOf(specifier.local));
    edits.push(edited(node, ''));
  }
  failOnChange(path, program, new Set(exported.values()));
  const all = [...exported].map(([name, local]) => (name === local ? name : `${name}: ${local}`));
  return `(function (${PLACE}) { "use strict";\n${apply(text, edits)}\nreturn { ${all.join(', ')} };\n})\n`;
}

function moduleOf({ root, path, text, program, module }: Parsed & { root: string }): string {
  const edits = relativeImports(program).map((node) => edited(node, bindings(node)));
  const loader = relative(dirname(path), join(root, 'bin', 'scripts.js'))
    .split(sep)
    .join('/');
  const head = `import { placeOf as ${PLACE}Of } from "${loader}";\nconst ${PLACE} = ${PLACE}Of(import.meta.filename);\n`;
  return head + apply(text, [...edits, ...calls(module)]);
}

/** `import()` would not find a script. */
function calls({ dynamicImports }: Parsed['module']): Edit[] {
  return dynamicImports.map(({ start }) => ({ start, end: start + 'import'.length, text: `${PLACE}.import` }));
}

/** A script has no `import.meta`; its `Place` knows as much as is asked for. */
function metas({ path, text, module }: Parsed): Edit[] {
  return module.importMetas.map((meta) => {
    const [asked] = /^\.\w+/.exec(text.slice(meta.end, meta.end + 20)) ?? [];
    if (asked !== '.url' && asked !== '.resolve') throw new Error(`${path}: import.meta${asked} is nothing that a script has`);
    return edited(meta, PLACE);
  });
}

function relativeImports({ body }: Program): Import[] {
  return body.filter((node) => node.type === 'ImportDeclaration').filter(({ source }) => source.value.startsWith('.'));
}

/** `const` for `import`. */
function bindings({ source, specifiers }: Import): string {
  const from = JSON.stringify(source.value);
  const isScript = source.value.startsWith('.');
  const loaded = `${PLACE}.${isScript ? 'load' : 'require'}(${from})`;
  const names: string[] = [];
  const constants: string[] = [];
  for (const specifier of specifiers) {
    const { name } = specifier.local;
    const imported = specifier.type === 'ImportSpecifier' ? nameOf(specifier.imported) : 'default';
    if (specifier.type === 'ImportNamespaceSpecifier') constants.push(`${name} = ${loaded}`);
    // What a package in CommonJS has by that name is something else.
    else if (imported === 'default' && !isScript) constants.push(`${name} = ${PLACE}.default(${from})`);
    else names.push(imported === name ? name : `${imported}: ${name}`);
  }
  if (names.length > 0) constants.push(`{ ${names.join(', ')} } = ${loaded}`);
  return constants.length > 0 ? `const ${constants.join(', ')};` : `${loaded};`;
}

function nameOf(node: { type: string; name?: string; value?: unknown }): string {
  return node.name ?? JSON.stringify(node.value);
}

function edited({ start, end }: { start: number; end: number }, text: string): Edit {
  return { start, end, text };
}

function apply(text: string, edits: readonly Edit[]): string {
  let at = 0;
  const pieces = edits
    .toSorted((a, b) => a.start - b.start)
    .map((edit) => {
      const piece = text.slice(at, edit.start) + edit.text;
      at = edit.end;
      return piece;
    });
  return pieces.join('') + text.slice(at);
}

function failOnChange(path: string, program: Program, exported: ReadonlySet<string>): void {
  let depth = 0;
  const enter = (): void => void depth++;
  const leave = (): void => void depth--;
  const check = (node: { type: string; name?: string }): void => {
    if (depth > 0 && node.type === 'Identifier' && exported.has(node.name ?? ''))
      throw new Error(`${path}: ${node.name} is exported, and changed by a function`);
  };
  new Visitor({
    FunctionDeclaration: enter,
    'FunctionDeclaration:exit': leave,
    FunctionExpression: enter,
    'FunctionExpression:exit': leave,
    ArrowFunctionExpression: enter,
    'ArrowFunctionExpression:exit': leave,
    AssignmentExpression: ({ left }) => check(left),
    UpdateExpression: ({ argument }) => check(argument),
  }).visit(program);
}

function failOnCycle(imports: ReadonlyMap<string, readonly string[]>): void {
  const done = new Set<string>();
  const visit = (path: string, above: readonly string[]): void => {
    if (above.includes(path)) throw new Error(`imported in a circle: ${[...above, path].join(' → ')}`);
    if (done.has(path)) return;
    for (const next of imports.get(path) ?? []) visit(next, [...above, path]);
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
}
