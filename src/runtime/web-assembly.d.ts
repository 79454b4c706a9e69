/** What is used of the global `WebAssembly`, which TypeScript otherwise knows only together with the whole DOM. */
declare namespace WebAssembly {
  interface Module {
    readonly module: unique symbol;
  }
  interface Instance {
    readonly exports: object;
  }
  type Imports = Readonly<Record<string, object>>;
  function compile(bytes: Uint8Array): Promise<Module>;
  function instantiate(module: Module, imports: Imports): Promise<Instance>;
  function validate(bytes: Uint8Array): boolean;
}
