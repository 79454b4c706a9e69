import { constantOf } from '#ir/constant.js';
import { regionInputs } from '#ir/control-flow.js';
import type { Op, Region, Value } from '#ir/graph.js';
import { definePass, type Pass, type PassContext } from '#passes/pass.js';
import type { Tensor } from '#tensor/tensor.js';
import { isTflOp, type WeightsConstraint } from '#tflite/define-op.js';
import { computeIn32 } from '../compute-in-32.js';
import { Conversions } from '../conversions.js';
import { guardDivisor } from '../guard-divisor.js';
import { floatType, type QuantizationJob } from '../job.js';
import { divisorsOf, HANDS_ON } from '../plan/op-roles.js';
import { type ModulePlan, type OpPlan, type PlannedPlace, planModule } from '../plan/plan-module.js';
import { isStatic, type Treatment } from '../recipe.js';
import { quantizeState } from '../recurrent/state-scales.js';
import { placeConstant } from '../weights/place-constant.js';
import { biasScales, leastWeightScales, quantizeBias, quantizeConstant } from '../weights/quantize-constant.js';
import type { QuantizedConstant, WeightsSpec } from '../weights/quantize-weights.js';
import { axisOf, bitsFor, quantizeWeightsOf } from '../weights/weights-of.js';

/**
 * Data become integers wherever an op is to be quantized and has a kernel for them: results change their type, and
 * QUANTIZE and DEQUANTIZE stand only where scales or element types really differ.
 */
export function quantizeActivations(job: QuantizationJob): Pass {
  return definePass({
    name: 'quantize-activations',
    summary: 'Makes data and weights integers, with scales that fulfil what kernels ask for.',
    run(module, context) {
      const plan = planModule(module, job);
      const weights: QuantizedWeights = new Map();
      for (const { region } of module.signatures) new RegionRewriter(region, plan, weights, job, context).run();
      reportRefused(job, context);
    },
  });
}

function reportRefused(job: QuantizationJob, { collector }: PassContext): void {
  for (const { op, builtin, reason } of job.refused) {
    collector.add('unsupported-op', {
      op: builtin,
      detail: `${builtin} cannot be int8: ${reason}.`,
      locations: [op.location],
      help: [
        'Quantize with `int8`, which leaves such ops in float32.',
        `Or replace the op in the model by one that LiteRT computes in int8.`,
      ],
      pass: 'quantize-activations',
    });
  }
}

/** Constants by how they were quantized: shared weights stay shared, also those of several bodies. */
type QuantizedWeights = Map<Tensor, Map<string, QuantizedConstant>>;

class RegionRewriter {
  readonly #region: Region;
  readonly #plan: ModulePlan;
  readonly #weights: QuantizedWeights;
  readonly #job: QuantizationJob;
  readonly #context: PassContext;
  readonly #conversions: Conversions;

  constructor(region: Region, plan: ModulePlan, weights: QuantizedWeights, job: QuantizationJob, context: PassContext) {
    this.#region = region;
    this.#plan = plan;
    this.#weights = weights;
    this.#job = job;
    this.#context = context;
    this.#conversions = new Conversions(region, context.editor);
  }

  run(): void {
    const conversions = this.#conversions;
    const isBody = this.#region.parent !== undefined;
    if (isBody) for (const arg of this.#region.args) this.#becomesPlaced(arg);
    else if (this.#job.ioType !== 'float32') conversions.changeInputs(this.#job, this.#plan);
    for (const op of [...this.#region.ops()]) {
      const opPlan = this.#plan.ops.get(op);
      if (opPlan) this.#quantize(opPlan);
      else if (op.definition.control) this.#handOn(op);
      else conversions.keepFloat(op);
    }
    if (!isBody) conversions.changeOutputs(this.#job, this.#plan);
  }

  /** An argument of a body or a result of control flow is stored as its place is. */
  #becomesPlaced(value: Value): void {
    const placed = this.#plan.placeOf(value);
    if (placed) this.#conversions.becomes(value, placed.dtype, placed.set.affine);
  }

  /** Loops and branches take and give what they hand on as it is stored there. */
  #handOn(op: Op): void {
    const { editor } = this.#context;
    const first = op.operands.length - regionInputs(op).length;
    op.operands.forEach((value, i) => {
      const name = op.regions[0]?.args[i - first];
      if (value && name) editor.setOperand(op, i, this.#stored(value, this.#plan.placeOf(name), op));
    });
    const isLoop = op.definition.control === 'loop';
    op.regions.forEach((region, i) => {
      const rewriter = new RegionRewriter(region, this.#plan, this.#weights, this.#job, this.#context);
      rewriter.run();
      if (isLoop && i === 0) return;
      region.outputs.forEach((output, k) => {
        const placed = this.#plan.placeOf(op.result(k));
        region.setOutput(k, rewriter.#stored(output, placed, undefined));
      });
    });
    for (const result of op.results) this.#becomesPlaced(result);
    this.#noteControl(op);
  }

  #noteControl(op: Op): void {
    const treatment = this.#job.treatmentOf(op);
    if (!treatment || !isStatic(treatment.scheme)) return;
    const names = [...op.regions.flatMap(({ args }) => args), ...op.results];
    const isWide = names.some(({ type }) => type.kind === 'tensor' && type.dtype === 'int16');
    if (names.some(floatType)) this.#job.refuse(op, HANDS_ON);
    else this.#job.note(op, isWide ? 'int16x8' : 'int8');
  }

  #stored(value: Value, placed: PlannedPlace | undefined, before: Op | undefined): Value {
    if (!placed) return this.#conversions.float(value, before);
    const constant = constantOf(value);
    const { dtype, set } = placed;
    return constant
      ? placeConstant(this.#context, value, quantizeConstant(constant, set.affine, dtype))
      : this.#conversions.quantized(value, dtype, set.affine, before);
  }

  #quantize(plan: OpPlan): void {
    const { op, dtype, treatment, roles, operands, results } = plan;
    const { editor } = this.#context;
    op.operands.forEach((value, i) => {
      const set = operands[i];
      if (!value || !set) return;
      const constant = constantOf(value);
      const stored = constant
        ? placeConstant(this.#context, value, quantizeConstant(constant, set.affine, dtype))
        : this.#conversions.quantized(value, dtype, set.affine, op);
      editor.setOperand(op, i, stored);
    });
    for (const i of isTflOp(op.definition) ? divisorsOf(op.definition) : []) {
      const set = operands[i];
      if (!set || constantOf(op.operand(i))) continue;
      editor.setOperand(op, i, guardDivisor(editor, op.operand(i), op, dtype, set.affine));
    }
    roles.forEach((role, i) => {
      if (role?.kind !== 'weights') return;
      const bias = roles.findIndex((other) => other?.kind === 'bias' && other.of[1] === i);
      const input = bias < 0 ? undefined : (roles[bias] as { readonly of: readonly [number, number] }).of[0];
      const inputScale = input === undefined ? undefined : operands[input]?.affine.scale;
      this.#quantizeWeights(op, role.constraint, bias, inputScale, treatment);
    });
    roles.forEach((role, i) => {
      if (role?.kind !== 'state') return;
      const state = op.operand(i);
      const stored = quantizeState(
        constantOf(state) as Tensor,
        role.constraint,
        results[0]?.affine,
        this.#job.cellRangeOf(op),
      );
      editor.setOperand(op, i, placeConstant(this.#context, state, stored));
    });
    roles.forEach((role, i) => {
      const bias = role?.kind === 'bias' ? constantOf(op.operands[i]) : undefined;
      const [input, weights] = role?.kind === 'bias' ? role.of.map((at) => operands[at]) : [];
      if (!bias || !input || !weights) return;
      const scales = biasScales(input.affine.scale, [weights.affine.scale]);
      editor.setOperand(op, i, placeConstant(this.#context, op.operand(i), quantizeBias(bias, scales, 'int32')));
    });
    const stored = plan.in32 ? computeIn32(plan, editor).results : op.results;
    stored.forEach((result, i) => {
      const set = results[i];
      if (set) this.#conversions.becomes(result, dtype, set.affine);
    });
    for (const constraint of isTflOp(op.definition) ? op.definition.quantization : []) {
      if (constraint.kind === 'options' && constraint.dtype === dtype) editor.setAttributes(op, constraint.set);
    }
  }

  /** Weights, and the bias at operand `bias` (−1: none), whose steps follow from theirs and those of the input. */
  #quantizeWeights(
    op: Op,
    constraint: WeightsConstraint,
    bias: number,
    inputScale: number | undefined,
    treatment: Treatment,
  ): void {
    const { editor } = this.#context;
    const index = constraint.operand;
    const source = op.operand(index);
    const tensor = constantOf(source);
    if (!tensor) throw new Error(`operand ${index} of ${op.name} is not constant`);
    const accepts4 = isTflOp(op.definition) && (op.definition.operandKernels[index] ?? []).includes('int4');
    const bits = accepts4 && treatment.scheme !== 'int16x8' ? bitsFor(tensor, treatment) : 8;
    const axis = axisOf(constraint, treatment.granularity);
    const { biasCorrection = true, balancedRounding = true } = this.#job.recipe.options;
    // A bias that is corrected takes away what the errors add up to.
    const corrected = biasCorrection && bias >= 0 && this.#job.floatLayers.has(op);
    const balanced = balancedRounding && !corrected && constraint.axis !== null ? constraint.axis : undefined;
    const spec: WeightsSpec = { axis, bits, algorithm: treatment.weights.algorithm, balanced };
    let weights = this.#once(tensor, spec, () => quantizeWeightsOf(op, tensor, spec));
    const biasTensor = bias < 0 ? undefined : constantOf(op.operands[bias]);
    if (biasTensor && inputScale !== undefined) {
      const wide = treatment.scheme === 'int16x8';
      if (!wide) {
        const leastScales = leastWeightScales(biasTensor, inputScale, weights.quantization.scale.length);
        if (weights.quantization.scale.some((scale, c) => scale < (leastScales[c] as number))) {
          weights = quantizeWeightsOf(op, tensor, { ...spec, leastScales });
        }
      }
      const scales = biasScales(inputScale, weights.quantization.scale);
      const stored = quantizeBias(biasTensor, scales, wide ? 'int64' : 'int32');
      editor.setOperand(op, bias, placeConstant(this.#context, op.operand(bias), stored));
    }
    editor.setOperand(op, index, placeConstant(this.#context, source, weights));
  }

  #once(source: Tensor, spec: WeightsSpec, make: () => QuantizedConstant): QuantizedConstant {
    const versions = this.#weights.get(source) ?? new Map<string, QuantizedConstant>();
    this.#weights.set(source, versions);
    const key = JSON.stringify(spec);
    const known = versions.get(key) ?? make();
    versions.set(key, known);
    return known;
  }
}
