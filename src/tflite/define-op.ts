import type { AttributeSpec, Attributes, AttributeValue } from '#ir/attribute.js';
import { verifyControl } from '#ir/control-flow.js';
import type { ControlFlow, Op, OpDefinition } from '#ir/graph.js';
import type { Type } from '#ir/type.js';
import type { DType } from '#tensor/dtype.js';

/** What quantization may and must do to an op, as data; the quantizer interprets it. */
export type QuantizationConstraint =
  /** A result's scale and zero point are set by the kernel, for this dtype. */
  | { readonly kind: 'fixedRange'; readonly dtype: DType; readonly scale: number; readonly zeroPoint: number }
  /** All quantizable operands and results share scale and zero point. */
  | { readonly kind: 'sameScale'; readonly exceptDtypes?: readonly DType[] }
  /** What the kernel fills gaps with is a stored 0: the zero point of all its data is 0. */
  | { readonly kind: 'zeroIsZero' }
  /** Rows that go to the same place, by the indices at `operand`, are added up in the stored type, which wraps around. */
  | { readonly kind: 'wrappingSums'; readonly operand: number }
  /** The kernel aborts where an element of the operand is stored as zero. */
  | { readonly kind: 'notZero'; readonly operand: number }
  /** The kernel aborts where the scale of an operand is this or more. */
  | { readonly kind: 'scaleBelow'; readonly limit: number }
  /** Operand `operand` is int32 (int64 for int16 activations) at the product of the scales of the other two. */
  | { readonly kind: 'biasScale'; readonly operand: number; readonly of: readonly [number, number] }
  /** The state at operand `operand` has the scale of the first result, or is int16 at a power of two. */
  | StateConstraint
  /** With any of these operands or attributes its data stay as they are: how to store them is not described here. */
  | { readonly kind: 'undescribed'; readonly operands: readonly number[]; readonly attributes: readonly string[] }
  /** Weights: operand `operand` is symmetric, and per channel along `axis` where that is not null. */
  | WeightsConstraint
  /** Eight bits say too little about its results: it is quantized only where everything has to be. */
  | { readonly kind: 'fragile' }
  /** Attributes that the kernel for quantized data of this dtype needs. */
  | { readonly kind: 'options'; readonly dtype: DType; readonly set: Attributes };

export interface StateConstraint {
  readonly kind: 'state';
  readonly operand: number;
  /** Of the kernel whose state is stored so. */
  readonly dtype: DType;
  readonly stored: 'as-result' | 'power-of-two';
  /** Of the latter, so many bits at most stand in front of the point. */
  readonly integerBits?: number;
}

export interface WeightsConstraint {
  readonly kind: 'weights';
  readonly operand: number;
  readonly axis: number | null;
  /** Weights of a matrix product: kernels of old runtimes want one scale for all of them. */
  readonly dense?: boolean;
  /**
   * The operand may be computed, too, and is then quantized as data are; so it always is for int16. `symmetric`: with
   * zero point 0, and for int8 only.
   */
  readonly mayBeData?: boolean | 'symmetric';
  /** Only the hybrid kernel takes them so: with quantized data the op moves them. */
  readonly hybridOnly?: boolean;
  /** A kernel takes integer weights with float32 data; where none does, or it is of no use, the reason. */
  readonly hybrid?: HybridKernel | string;
}

export interface HybridKernel {
  /** Of the weights. */
  readonly bits: readonly (4 | 8)[];
  /** Whether each channel may, or even has to have a scale of its own. */
  readonly perChannel: boolean | 'only';
  /** The kernel is more exact with `asymmetric_quantize_inputs`. */
  readonly asymmetricInputs?: boolean;
  /** All weights of the op have to be of one type: small ones go with large ones. */
  readonly together?: boolean;
}

export interface TflOpSpec<A extends Attributes> {
  /** Lower-case name as in the text form: `conv_2d`. */
  readonly name: string;
  /** Name in the schema's BuiltinOperator. */
  readonly builtin: string;
  readonly summary?: string;
  /** The fields of the options table, with the values they have where nothing is said. */
  readonly options: A;
  /** Names of the operands, in order; `?` behind optional ones, `*` behind the last where it repeats. */
  readonly operands: readonly string[];
  readonly sideEffects?: boolean;
  readonly control?: ControlFlow;
  /** Optional operands that are absent are written as such, even at the end, where older kernels look for them. */
  readonly keepsAbsent?: boolean;
  /** Operands that are state of the model: zeros at first, then whatever the last run left. */
  readonly stateOperands?: readonly number[];
  /** Tensors without content that say of which scale the kernel's own are. */
  intermediates?(op: Op<A>): readonly Type[];
  /** Types of the results; its dtypes and shapes are what the kernel's Prepare computes. */
  infer?(op: Op<A>): readonly Type[];
  /** Lowest version of the op whose kernel takes this one; 1 where absent. */
  version?(op: Op<A>): number;
  /** Element types of the main operand that LiteRT's kernel computes as they are; what `kernelExists` checks. */
  readonly kernels: readonly DType[];
  /** Element types that it computes where they stand for real numbers by scale and zero point. */
  readonly quantizedKernels?: readonly DType[];
  /** The operand that `kernels` speaks of; by default the first. For ops without operands: the first result. */
  readonly mainOperand?: number;
  /** Element types of further operands, by position, where the kernel is choosy. */
  readonly operandKernels?: Readonly<Record<number, readonly DType[]>>;
  /** Why LiteRT's kernel refuses this op for a reason other than an element type; undefined where it takes it. */
  kernelLimit?(op: Op<A>): string | undefined;
  readonly quantization?: readonly QuantizationConstraint[];
}

export interface TflOpDefinition<A extends Attributes = Attributes> extends OpDefinition<A> {
  readonly builtin: string;
  readonly options: A;
  readonly operandNames: readonly string[];
  readonly keepsAbsent: boolean;
  readonly stateOperands: readonly number[];
  intermediates?(op: Op<A>): readonly Type[];
  readonly kernels: readonly DType[];
  readonly quantizedKernels: readonly DType[];
  readonly mainOperand: number;
  readonly operandKernels: Readonly<Record<number, readonly DType[]>>;
  kernelLimit?(op: Op<A>): string | undefined;
  readonly quantization: readonly QuantizationConstraint[];
  version(op: Op<A>): number;
}

/** The type of options whose defaults are these: a flag may also be set. */
type Widened<A extends Attributes> = { readonly [K in keyof A]: A[K] extends boolean ? boolean : A[K] };

/** Defines a TFLite builtin. Attributes are the fields of its options table, by the schema's names. */
export function defineTflOp<A extends Attributes>(spec: TflOpSpec<A>): TflOpDefinition<Widened<A>> {
  const attributes: Record<string, AttributeSpec<AttributeValue>> = {};
  for (const name in spec.options) attributes[name] = { kind: 'any', default: spec.options[name] as AttributeValue };
  // All have all fields, in one order: passes look at definitions all the time, and V8 then knows where each field is.
  return {
    name: `tfl.${spec.name}`,
    summary: spec.summary,
    attributes,
    sideEffects: spec.sideEffects,
    readsState: undefined,
    control: spec.control,
    infer: spec.infer,
    fold: undefined,
    verify: spec.control && verifyControl,
    builtin: spec.builtin,
    options: spec.options,
    operandNames: spec.operands,
    keepsAbsent: spec.keepsAbsent ?? false,
    stateOperands: spec.stateOperands ?? NONE,
    intermediates: spec.intermediates,
    kernels: spec.kernels,
    quantizedKernels: spec.quantizedKernels ?? NONE,
    mainOperand: spec.mainOperand ?? 0,
    operandKernels: spec.operandKernels ?? {},
    kernelLimit: spec.kernelLimit,
    quantization: spec.quantization ?? NONE,
    version: spec.version ?? first,
  } as unknown as TflOpDefinition<Widened<A>>;
}

const NONE: readonly never[] = [];
const first = (): number => 1;

export function isTflOp(definition: OpDefinition): definition is TflOpDefinition {
  return 'builtin' in definition;
}
