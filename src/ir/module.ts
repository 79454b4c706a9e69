import { type Op, Region } from './graph.js';

/** An entry point of the model. Names are the SavedModel's own, in the order of the region's args and outputs. */
export interface Signature {
  readonly key: string;
  readonly region: Region;
  readonly inputNames: string[];
  readonly outputNames: string[];
}

/** A whole model. */
export class Module {
  readonly signatures: Signature[] = [];

  addSignature(key: string, region = new Region()): Signature {
    const signature: Signature = { key, region, inputNames: [], outputNames: [] };
    this.signatures.push(signature);
    return signature;
  }

  /** All regions, each before those nested in it. */
  *regions(): IterableIterator<Region> {
    for (const { region } of this.signatures) yield* nestedRegions(region);
  }

  /** All ops of all regions. The op at hand may be erased while iterating. */
  ops(): IterableIterator<Op> {
    return new ModuleWalk(this);
  }
}

function* nestedRegions(region: Region): IterableIterator<Region> {
  yield region;
  // Most regions have no control flow in them, and every pass looks for it.
  if (!region.isNesting) return;
  for (const op of region.ops()) {
    if (op.regions.length > 0) for (const inner of op.regions) yield* nestedRegions(inner);
  }
}

/** Every pass walks all ops: a generator would make an object for each. */
class ModuleWalk implements IterableIterator<Op> {
  readonly #regions: Iterator<Region>;
  #ops: Iterator<Op> | undefined;

  constructor(module: Module) {
    this.#regions = module.regions();
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Op> {
    for (;;) {
      const op = this.#ops?.next();
      if (op && !op.done) return op;
      const region = this.#regions.next();
      if (region.done) return region;
      this.#ops = region.value.ops();
    }
  }
}
