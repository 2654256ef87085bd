import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';

import { type ImportKind, type Plugin, transform } from 'esbuild';

/** Leaves packages that sources import in `node_modules`, but for the `bundled` ones. */
export function externalPackages(src: string, bundled: readonly string[]): Plugin {
  return {
    name: 'external-packages',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
        if (!importer.startsWith(src + sep)) return undefined;
        if (!bundled.some((name) => path === name || path.startsWith(`${name}/`))) return { path, external: true };
        return kind === 'dynamic-import' ? { path, namespace: 'by-name', pluginData: dirname(importer) } : undefined;
      });
      // Of CommonJS that is loaded by `import()` esbuild exports nothing by its name.
      build.onLoad({ filter: /./, namespace: 'by-name' }, async ({ path, pluginData }) => {
        const names = Object.keys((await import(path)) as object).filter((name) => /^(?!default$)[\w$]+$/.test(name));
        return { contents: `export { ${names.join(', ')} } from '${path}';`, resolveDir: pluginData as string };
      });
    },
  };
}

/**
 * Takes Node's own modules by `process.getBuiltinModule`. An `import` of one reads everything that it offers, and Node loads streams, threads and more of itself
 * for what nobody uses: half as much as all of its start. Each importer has its own module that does so: one for all would be a file more, and would read for each
 * what any of them uses.
 */
export function builtinModules(): Plugin {
  return {
    name: 'builtin-modules',
    setup(build) {
      const root = build.initialOptions.absWorkingDir ?? process.cwd();
      build.onResolve({ filter: /^[a-z]/ }, ({ path, importer, kind }) => {
        if (kind !== 'import-statement' || !isBuiltin(path)) return undefined;
        // No path of this machine goes into what is built.
        const own = `${path} for ${relative(root, importer).split(sep).join('/')}`;
        return { path: own, namespace: 'builtin', pluginData: path, sideEffects: false };
      });
      build.onLoad({ filter: /./, namespace: 'builtin' }, async ({ pluginData }) => {
        const path = pluginData as string;
        const names = Object.keys((await import(path)) as object).filter((name) => name !== 'default');
        // Each is read only where it is used: esbuild drops a call without effect.
        const exported = names.map((name) => `export const ${name} = /* @__PURE__ */ (() => builtin.${name})();\n`);
        return {
          contents: `const builtin = process.getBuiltinModule('${path}');\nexport default builtin;\n${exported.join('')}`,
        };
      });
    },
  };
}

/**
 * Bundling moves modules, so `import.meta.url` and its kin are replaced by the module's own place in `dist/`. It lies as deep as in
 * `src/`: paths to `templates/` or to a sibling `*-entry` work from both trees alike.
 */
export function moduleLocations(src: string): Plugin {
  return {
    name: 'module-locations',
    setup(build) {
      build.onLoad({ filter: /\.tsx?$/ }, async ({ path }) => {
        if (!path.startsWith(src + sep)) return undefined;
        const text = await readFile(path, 'utf8');
        if (!/\bimport\.meta\.(url|dirname|filename)\b/.test(text)) return undefined;
        // A parser tells the expression from the same words in a string: some modules write modules.
        const { code } = await transform(text, {
          sourcefile: path,
          loader: path.endsWith('x') ? 'tsx' : 'ts',
          define: OWN_PLACE,
          tsconfigRaw: TSCONFIG,
        });
        return { contents: locationOf(relative(src, path).split(sep).join('/')) + code, loader: 'js' };
      });
    },
  };
}

/**
 * Brings modules along: `commands` with what is a command, or runs them; `later` with whatever is loaded by `import()`. Modules that the same ones want are one
 * file, so what most commands load comes in a few files instead of a hundred, of which each takes Node a quarter of a millisecond.
 */
export function broughtAlong(src: string, { commands, later }: Record<'commands' | 'later', readonly string[]>): Plugin {
  const alongWith = (kind: ImportKind, path: string): readonly string[] | undefined => {
    if (kind === 'dynamic-import') return later;
    return kind === 'entry-point' && /^(cli[\\/]main|commands[\\/])/.test(relative(src, path)) ? commands : undefined;
  };
  return {
    name: 'brought-along',
    setup(build) {
      build.onResolve({ filter: /\.tsx?$/ }, ({ path, kind, resolveDir, namespace }) => {
        const full = resolve(resolveDir, path);
        if (namespace === BROUGHT || !full.startsWith(src + sep)) return undefined;
        const along = alongWith(kind, full);
        return along && { path: full, namespace: BROUGHT, pluginData: along };
      });
      build.onLoad({ filter: /./, namespace: BROUGHT }, async ({ path, pluginData }) => {
        const along = (pluginData as readonly string[]).map((name) => `import ${JSON.stringify(join(src, name))};\n`);
        const own = (await readFile(path, 'utf8')).includes('\nexport default ') ? 'export { default } from' : 'export * from';
        return { contents: `${along.join('')}${own} ${JSON.stringify(path)};\n`, resolveDir: src };
      });
    },
  };
}

const BROUGHT = 'brought-along';

const REQUIRE = /^(?:const|var) (\w+) = (__importDefault|__importStar|)\(?require\(("[^"]+")\)\)?;$/gm;
const LAZY = `const __lazy = (load) => {
  let module;
  return new Proxy({}, { get: (_, name) => (module ??= load())[name] });
};
`;

/**
 * Lets the modules of a package, which TypeScript has made CommonJS, load each other on first use and no sooner: a command uses few of them.
 */
export function lazyRequires(folder: string): Plugin {
  return {
    name: 'lazy-requires',
    setup(build) {
      build.onLoad({ filter: /\.js$/ }, async ({ path }) => {
        if (!path.startsWith(folder + sep)) return undefined;
        const text = await readFile(path, 'utf8');
        const contents = text.replace(REQUIRE, 'const $1 = __lazy(() => $2(require($3)));');
        return { contents: contents === text ? text : LAZY + contents, loader: 'js' };
      });
    },
  };
}

const OWN_PLACE = { 'import.meta.url': '__url', 'import.meta.dirname': '__directory', 'import.meta.filename': '__file' };
const TSCONFIG = { compilerOptions: { verbatimModuleSyntax: true, jsx: 'react-jsx' } } as const;

function locationOf(path: string): string {
  return `
    import { dirname as __dirnameOf } from 'node:path';
    import { fileURLToPath as __pathOf } from 'node:url';
    const __url = import.meta.url.slice(0, import.meta.url.lastIndexOf('/dist/')) + '/dist/${path.replace(/\.tsx?$/, '.js')}';
    const __file = __pathOf(__url);
    const __directory = __dirnameOf(__file);
  `;
}
