/** What is used of the global `WebAssembly`, which TypeScript otherwise knows only together with the whole DOM. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
    readonly module: unique symbol;
  }
  class Instance {
    constructor(module: Module);
    readonly exports: object;
  }
  type Imports = Readonly<Record<string, object>>;
  function compile(bytes: Uint8Array): Promise<Module>;
  function instantiate(module: Module, imports: Imports): Promise<Instance>;
  function validate(bytes: Uint8Array): boolean;
}
