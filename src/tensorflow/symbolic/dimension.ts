/**
 * A size as a product: a coefficient times symbols, each an unknown size of at least 0. The same unknown is always the
 * same symbol, so equal products are equal sizes at every run.
 */
export interface Dimension {
  readonly coefficient: number;
  /** Ascending; a symbol stands once for each power. */
  readonly symbols: readonly number[];
}

let lastSymbol = 0;

/** A size that nothing is known of yet. */
export function freshDimension(): Dimension {
  lastSymbol += 1;
  return { coefficient: 1, symbols: [lastSymbol] };
}

export function constantDimension(size: number): Dimension {
  return { coefficient: size, symbols: [] };
}

/** The size where it is a plain number. */
export function knownSize(dimension: Dimension | undefined): number | undefined {
  return dimension?.symbols.length === 0 ? dimension.coefficient : undefined;
}

export function sameDimension(a: Dimension | undefined, b: Dimension | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return (
    a.coefficient === b.coefficient &&
    a.symbols.length === b.symbols.length &&
    a.symbols.every((symbol, i) => symbol === b.symbols[i])
  );
}

export function multiply(a: Dimension, b: Dimension): Dimension {
  const coefficient = a.coefficient * b.coefficient;
  if (coefficient === 0) return constantDimension(0);
  return { coefficient, symbols: [...a.symbols, ...b.symbols].sort((x, y) => x - y) };
}

export function product(dimensions: readonly Dimension[]): Dimension {
  return dimensions.reduce(multiply, constantDimension(1));
}

/** a / b where b divides a whatever the symbols are; undefined where that is not certain. */
export function divideExactly(a: Dimension, b: Dimension): Dimension | undefined {
  if (b.coefficient === 0 || a.coefficient % b.coefficient !== 0) return undefined;
  const rest = [...a.symbols];
  for (const symbol of b.symbols) {
    const at = rest.indexOf(symbol);
    if (at < 0) return undefined;
    rest.splice(at, 1);
  }
  return { coefficient: a.coefficient / b.coefficient, symbols: rest };
}
