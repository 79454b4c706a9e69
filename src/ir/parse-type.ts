import { dtypeFromShort } from '#tensor/dtype.js';
import type { Dim, Shape } from '#tensor/shape.js';
import type { TextScanner } from './text-scanner.js';
import { type Quantization, type TensorType, type Type, tensorType, unknownType } from './type.js';

/** Reads what `formatType` writes. Throws an IrSyntaxError for anything else. */
export function parseType(scanner: TextScanner): Type {
  if (scanner.sees('tensor')) return parseTensorType(scanner);
  if (scanner.accept('unknown')) return unknownType;
  if (scanner.accept('resource')) {
    return scanner.sees('<') ? { kind: 'resource', value: parameter(scanner) } : { kind: 'resource' };
  }
  if (scanner.accept('variant')) {
    return scanner.sees('<') ? { kind: 'variant', element: parameter(scanner) } : { kind: 'variant' };
  }
  return scanner.fail('expected a type: `tensor<…>`, `resource`, `variant` or `unknown`');
}

/** Reads `tensor<?x3xf32>`. */
export function parseTensorType(scanner: TextScanner): TensorType {
  scanner.expect('tensor');
  scanner.expect('<');
  const start = scanner.position;
  const parts = scanner.take(/[\w?*]+/y, 'a shape and an element type, like `?x3xf32`').split('x');
  const short = parts.pop() as string;
  const dtype = dtypeFromShort(short) ?? scanner.fail(`there is no element type \`${short}\``, start);
  const shape = parseShape(parts, scanner, start);
  const quantization = scanner.accept(',') ? parseQuantization(scanner) : undefined;
  scanner.expect('>');
  return tensorType(dtype, shape, quantization);
}

function parameter(scanner: TextScanner): TensorType {
  scanner.expect('<');
  const type = parseTensorType(scanner);
  scanner.expect('>');
  return type;
}

function parseShape(dims: readonly string[], scanner: TextScanner, start: number): Shape {
  if (dims.length === 1 && dims[0] === '*') return null;
  return dims.map((dim): Dim => {
    if (dim === '?') return null;
    return /^\d+$/.test(dim) ? Number(dim) : scanner.fail(`\`${dim}\` is not a dimension`, start);
  });
}

/** `q(0.5:3)` for the whole tensor, `q@0(0.5:0, 0.25:0)` for slices along axis 0. */
function parseQuantization(scanner: TextScanner): Quantization {
  scanner.take(/q(?=[@(])/y, '`q(scale:zeroPoint)`');
  const axis = scanner.accept('@') ? Number(scanner.take(/\d+/y, 'an axis')) : undefined;
  const pairs = scanner.list('(', ')', () => {
    const scale = scanner.number() ?? scanner.fail('expected a scale');
    scanner.expect(':');
    return [scale, scanner.number() ?? scanner.fail('expected a zero point')] as const;
  });
  return {
    scale: pairs.map(([scale]) => scale),
    zeroPoint: pairs.map(([, zeroPoint]) => zeroPoint),
    ...(axis === undefined ? {} : { axis }),
  };
}
