import type { Op, Value } from '#ir/graph.js';
import { unknownLocation } from '#ir/location.js';
import type { Module } from '#ir/module.js';
import { tensorType } from '#ir/type.js';
import { definePass, type Pass, type PassContext } from '#passes/pass.js';
import type { Tensor } from '#tensor/tensor.js';
import { isTflOp, type TflOpDefinition, type WeightsConstraint } from '#tflite/define-op.js';
import * as tfl from '#tflite/ops/index.js';
import { floatType, type QuantizationJob } from '../job.js';
import { MeanFree } from '../plan/mean-free.js';
import { minimumElements } from '../plan/minimum-elements.js';
import type { Granularity, Scheme, Treatment } from '../recipe.js';
import type { Applied } from '../report.js';
import { placeConstant } from '../weights/place-constant.js';
import type { WeightsSpec } from '../weights/quantize-weights.js';
import { axisOf, bitsFor, movedTable, quantizeWeightsOf, type Weights, weightsOf } from '../weights/weights-of.js';

const schemes: ReadonlySet<Scheme> = new Set(['dynamic', 'weight-only', 'int4']);

/**
 * Constant weights become integers while data stay float32: as operands of a kernel that multiplies them as they are
 * (`dynamic`, `int4`), or behind a DEQUANTIZE (`weight-only`, and where there is no such kernel).
 */
export function quantizeWeightsOnly(job: QuantizationJob): Pass {
  return definePass({
    name: 'quantize-weights-only',
    summary: 'Stores large weights as integers while data stay float32.',
    run(module, context) {
      const rewriter = new WeightsRewriter(job, context, layersOfMeanFree(module));
      for (const op of module.ops()) {
        const treatment = job.treatmentOf(op);
        if (treatment && schemes.has(treatment.scheme)) rewriter.rewrite(op, treatment);
      }
    },
  });
}

/** Layers whose inputs have no mean: found before weights change, among them tables that inputs come from. */
function layersOfMeanFree(module: Module): ReadonlySet<Op> {
  const meanFree = new MeanFree(module);
  return new Set(
    [...module.ops()].filter((op) => weightsOf(op).length > 0 && meanFree.has(op.operand(mainOperandOf(op)))),
  );
}

const mainOperandOf = ({ definition }: Op): number => (definition as TflOpDefinition).mainOperand;

class WeightsRewriter {
  readonly #job: QuantizationJob;
  readonly #context: PassContext;
  readonly #meanFree: ReadonlySet<Op>;
  /** By constant and how it was quantized: shared weights stay shared. */
  readonly #done = new Map<Value, Map<string, Value>>();

  constructor(job: QuantizationJob, context: PassContext, meanFree: ReadonlySet<Op>) {
    this.#job = job;
    this.#context = context;
    this.#meanFree = meanFree;
  }

  rewrite(op: Op, treatment: Treatment): void {
    const minimum = minimumElements(op, treatment.scheme, this.#job.recipe);
    if (this.#quantizeTable(op, minimum)) return;
    const weights = weightsOf(op);
    const isLarge = ({ tensor }: Weights) => tensor.size >= minimum;
    const together = weights.some(({ constraint: { hybrid } }) => typeof hybrid === 'object' && hybrid.together);
    const large = weights.filter(together && weights.some(isLarge) ? () => true : isLarge);
    if (weights.length === 0) {
      this.#job.note(op, 'float32', 'it has no constant weights that are quantized');
    } else if (large.length === 0) {
      this.#job.note(op, 'float32', `its weights have fewer than ${minimum} elements`);
    } else {
      const applied = this.#chosen(op, large, treatment);
      this.#job.note(op, applied.applied, applied.reason);
    }
  }

  /**
   * An op that only moves elements of a large constant moves 8-bit ones: what it takes from them becomes float32 behind
   * it. Its kernel has no scales, so there is one for the whole table.
   */
  #quantizeTable(op: Op, minimum: number): boolean {
    const table = movedTable(op);
    if (!table || table.size < minimum) return false;
    const { definition } = op;
    const { mainOperand } = definition as TflOpDefinition;
    const stored = this.#stored(op, mainOperand, table, { axis: null, bits: 8, algorithm: 'min-max' });
    const quantization = stored.type.kind === 'tensor' ? stored.type.quantization : undefined;
    const { editor } = this.#context;
    editor.setOperand(op, mainOperand, stored);
    for (const result of op.results) {
      const type = floatType(result);
      if (!type || !op.region) continue;
      const whole = editor.create(
        { region: op.region, before: op.next },
        tfl.Dequantize,
        [stored],
        {},
        unknownLocation,
      );
      editor.replaceAllUses(result, whole.result());
      editor.setOperand(whole as unknown as Op, 0, result);
      editor.setType(result, tensorType('int8', type.shape, quantization));
      editor.setType(whole.result(), type);
    }
    this.#job.note(op, 'weight-only', 'LiteRT moves elements of one scale, which become float32 behind the op');
    return true;
  }

  #chosen(
    op: Op,
    large: readonly Weights[],
    treatment: Treatment,
  ): { readonly applied: Applied; readonly reason?: string } {
    const bits = large.map(({ tensor }) => bitsFor(tensor, treatment));
    const lacking =
      treatment.scheme === 'weight-only' ? undefined : lackingKernel(op, large, bits, treatment.granularity);
    large.forEach((weights, i) => {
      const hybrid = typeof weights.constraint.hybrid === 'string' ? undefined : weights.constraint.hybrid;
      const direct = treatment.scheme !== 'weight-only' && lacking === undefined;
      const axis = direct && !hybrid?.perChannel ? null : axisOf(weights.constraint, treatment.granularity);
      const { constraint, tensor } = weights;
      const stored = this.#stored(op, constraint.operand, tensor, {
        axis,
        bits: bits[i] ?? 8,
        algorithm: treatment.weights.algorithm,
        balanced: this.#balancedAxis(op, constraint),
      });
      this.#context.editor.setOperand(op, weights.constraint.operand, direct ? stored : this.#behindFloat(op, stored));
      if (direct && hybrid?.asymmetricInputs) {
        this.#context.editor.setAttributes(op, { asymmetric_quantize_inputs: true });
      }
    });
    if (treatment.scheme === 'weight-only') return { applied: 'weight-only' };
    if (lacking !== undefined) return { applied: 'weight-only', reason: lacking };
    if (treatment.scheme === 'int4' && !bits.includes(4)) {
      return { applied: 'dynamic', reason: 'rows of its weights have an odd number of elements' };
    }
    return { applied: treatment.scheme as Applied };
  }

  /**
   * What is looked up in a table is no sum, whose errors could even out; and inputs without a mean gain nothing by it, but
   * lose what is rounded away from the nearest.
   */
  #balancedAxis(op: Op, { axis, hybridOnly }: WeightsConstraint): number | undefined {
    const { balancedRounding = true } = this.#job.recipe.options;
    if (!balancedRounding || hybridOnly || axis === null || this.#meanFree.has(op)) return undefined;
    return axis;
  }

  #stored(op: Op, operand: number, tensor: Tensor, spec: WeightsSpec): Value {
    const source = op.operand(operand);
    const key = JSON.stringify(spec);
    const versions = this.#done.get(source) ?? new Map<string, Value>();
    this.#done.set(source, versions);
    const known = versions.get(key);
    if (known) return known;
    const stored = placeConstant(this.#context, source, quantizeWeightsOf(op, tensor, spec));
    versions.set(key, stored);
    return stored;
  }

  #behindFloat(op: Op, stored: Value): Value {
    const known = stored.users.find((user) => user.is(tfl.Dequantize));
    if (known) return known.result();
    if (!op.region) throw new Error(`${op.name} is not placed`);
    // Right behind the constant, so that it stands in front of all users.
    const at = { region: op.region, before: stored.producer?.next };
    return this.#context.editor.create(at, tfl.Dequantize, [stored], {}, unknownLocation).result();
  }
}

/** Why no kernel multiplies float32 data with these integers; undefined where one does. */
function lackingKernel(
  op: Op,
  large: readonly Weights[],
  bits: readonly (4 | 8)[],
  granularity: Granularity,
): string | undefined {
  const builtin = isTflOp(op.definition) ? op.definition.builtin : op.name;
  for (const [i, { constraint }] of large.entries()) {
    const { hybrid } = constraint;
    if (typeof hybrid === 'string') return hybrid;
    if (!hybrid?.bits.includes(bits[i] ?? 8)) {
      return `LiteRT's ${builtin} takes no ${bits[i]}-bit weights with float32 data`;
    }
    if (hybrid.perChannel === 'only' && axisOf(constraint, granularity) === null) {
      return `LiteRT's ${builtin} takes weights with float32 data only where each channel has its scale`;
    }
  }
  return undefined;
}
