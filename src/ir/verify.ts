import { compatibleShapes } from '#tensor/shape.js';
import type { Attributes } from './attribute.js';
import { Const } from './constant.js';
import { InferenceError, Op, type Region, type Use, type Value } from './graph.js';
import type { Module, Signature } from './module.js';
import { printOp } from './print.js';
import { formatType, type TensorType, type Type } from './type.js';

/** What an op's types were checked from: attributes, operands, their types and known values, result types. */
type Basis = readonly unknown[];

/** Walks of regions so far: a value is marked with the walk that met its definition. */
let walks = 0;

/**
 * Checks modules: structure (order, isolation, use lists, names), and the types of results against what the definitions
 * infer. Linear in ops and uses. One verifier remembers which ops it has found right, and infers again only where an
 * attribute, an operand or a type has changed since: use one for all passes of a run.
 */
export class Verifier {
  readonly #right = new WeakMap<Op, Basis>();

  /** Everything that is wrong with the module, each a sentence that shows the op; empty where all is well. */
  verify(module: Module): string[] {
    const problems: string[] = [];
    for (const signature of module.signatures) {
      problems.push(...nameProblems(signature));
      this.#region(signature.region, problems);
    }
    return problems;
  }

  #region(region: Region, problems: string[]): void {
    const uses = new UseCount(region, problems);
    const walk = ++walks;
    region.args.forEach((arg, i) => {
      if (arg.owner !== region || arg.index !== i) problems.push(`argument ${i} does not know its place`);
      arg.metBy = walk;
      uses.given(arg);
    });
    let previous: Op | undefined;
    let size = 0;
    for (const op of region.ops()) {
      size++;
      if (op.region !== region || op.previous !== previous) problems.push(`${printOp(op)}: is linked wrongly`);
      previous = op;
      const { operands } = op;
      for (let i = 0; i < operands.length; i++) {
        const operand = operands[i];
        if (!operand) continue;
        uses.taken++;
        if (operand.metBy !== walk)
          problems.push(`${printOp(op)}: operand ${i} is not defined before it in its region`);
      }
      const { results, regions } = op;
      for (let i = 0; i < results.length; i++) {
        const result = results[i] as Value;
        result.metBy = walk;
        uses.given(result);
      }
      for (let i = 0; i < regions.length; i++) {
        const nested = regions[i] as Region;
        if (nested.parent !== op) problems.push(`${printOp(op)}: a region of it belongs to another op`);
        this.#region(nested, problems);
      }
      this.#types(op, problems);
    }
    if (region.last !== previous || region.size !== size) problems.push('the list of ops of a region is damaged');
    region.outputs.forEach((output, i) => {
      uses.taken++;
      if (output.metBy !== walk) problems.push(`output ${i} is not defined in the region that yields it`);
    });
    uses.check();
  }

  #types(op: Op, problems: string[]): void {
    const known = this.#right.get(op);
    if (known && isBasisOf(op, known)) return;
    const problem = typeProblem(op) ?? op.definition.verify?.(op);
    if (problem !== undefined) problems.push(`${printOp(op)}: ${problem}`);
    // What its regions give takes part in the types, and may have changed.
    else if (op.regions.length === 0) this.#right.set(op, basisOf(op));
  }
}

/** Checks a module once. */
export function verifyModule(module: Module): string[] {
  return new Verifier().verify(module);
}

/** Compares the uses that values list with the operands and outputs that there are. */
class UseCount {
  /** Operands and outputs that are set. */
  taken = 0;
  #listed = 0;
  readonly #region: Region;
  readonly #problems: string[];

  constructor(region: Region, problems: string[]) {
    this.#region = region;
    this.#problems = problems;
  }

  given(value: Value): void {
    const { useList } = value;
    for (let i = 0; i < useList.length; i++) {
      const use = useList[i];
      if (!use) continue;
      this.#listed++;
      if (!this.#isTrue(value, use)) this.#problems.push(`${describe(value)} lists a use that does not exist`);
    }
  }

  check(): void {
    if (this.#listed !== this.taken) this.#problems.push('values and their uses do not agree in a region');
  }

  #isTrue(value: Value, { user, index }: Use): boolean {
    if (user instanceof Op) return user.region === this.#region && user.operands[index] === value;
    return user === this.#region && user.outputs[index] === value;
  }
}

function nameProblems({ key, region, inputNames, outputNames }: Signature): string[] {
  const problems: string[] = [];
  if (region.parent) problems.push(`the body of the signature ${key} belongs to an op`);
  if (inputNames.length !== region.args.length) {
    problems.push(`the signature ${key} has ${region.args.length} inputs and ${inputNames.length} names for them`);
  }
  if (outputNames.length !== region.outputs.length) {
    problems.push(`the signature ${key} has ${region.outputs.length} outputs and ${outputNames.length} names for them`);
  }
  return problems;
}

function describe(value: Value): string {
  return value.producer ? `result ${value.index} of ${printOp(value.producer)}` : `argument ${value.index}`;
}

/** Types and attributes are never changed in place, so their identity tells whether anything did. */
function basisOf({ attributes, operands, results }: Op): Basis {
  const basis = new Array<unknown>(1 + 3 * operands.length + results.length);
  basis[0] = attributes;
  let at = 1;
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i];
    basis[at++] = operand;
    basis[at++] = operand?.type;
    basis[at++] = constantAttributes(operand);
  }
  for (let i = 0; i < results.length; i++) basis[at++] = results[i]?.type;
  return basis;
}

/** Whether `basisOf` would give the same: this is asked of every op after every pass. */
function isBasisOf({ attributes, operands, results }: Op, basis: Basis): boolean {
  if (basis.length !== 1 + 3 * operands.length + results.length || basis[0] !== attributes) return false;
  let at = 1;
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i];
    if (basis[at++] !== operand || basis[at++] !== operand?.type) return false;
    if (basis[at++] !== constantAttributes(operand)) return false;
  }
  for (let i = 0; i < results.length; i++) if (basis[at++] !== results[i]?.type) return false;
  return true;
}

function constantAttributes(operand: Value | undefined): Attributes | undefined {
  const producer = operand?.producer;
  return producer?.is(Const) ? producer.attributes : undefined;
}

function typeProblem(op: Op): string | undefined {
  if (!op.definition.infer) return undefined;
  let inferred: readonly Type[];
  try {
    inferred = op.definition.infer(op);
  } catch (error) {
    if (error instanceof InferenceError) return error.message;
    throw error;
  }
  if (inferred.length !== op.results.length)
    return `${op.results.length} results where ${inferred.length} are inferred`;
  for (let i = 0; i < inferred.length; i++) {
    const { type } = op.result(i);
    const expected = inferred[i] as Type;
    if (type === expected) continue;
    if (!agree(type, expected)) return `result ${i} is ${formatType(type)} where ${formatType(expected)} is inferred`;
  }
  return undefined;
}

/**
 * Whether both may describe one value. Either may know more: a graph records shapes that inference does not find, and
 * inference finds more once operands have become constants. Quantization is not for inference to say.
 */
function agree(a: Type, b: Type): boolean {
  if (a.kind === 'unknown' || b.kind === 'unknown') return true;
  if (a.kind === 'tensor' && b.kind === 'tensor') return agreeTensor(a, b);
  if (a.kind === 'resource' && b.kind === 'resource') return agreeTensor(a.value, b.value);
  if (a.kind === 'variant' && b.kind === 'variant') return agreeTensor(a.element, b.element);
  return false;
}

function agreeTensor(a: TensorType | undefined, b: TensorType | undefined): boolean {
  return !a || !b || (a.dtype === b.dtype && compatibleShapes(a.shape, b.shape));
}
