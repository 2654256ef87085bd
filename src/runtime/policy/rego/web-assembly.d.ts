// As much of https://webassembly.github.io/spec/js-api/ as is used here; the types of Node.js name no more than the namespace.
declare namespace WebAssembly {
  type ModuleImports = Record<string, (...values: never[]) => number | bigint | undefined>;
  type Imports = Record<string, ModuleImports>;

  interface Memory {
    readonly buffer: ArrayBuffer;
  }

  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }

  interface Compiled {
    readonly ours: unique symbol;
  }

  const Module: { imports(module: Compiled): { module: string; name: string }[] };
  function compile(bytes: Uint8Array): Promise<Compiled>;
  function instantiate(module: Compiled, imports: Imports): Promise<Instance>;
}
