import { type Diagnostic, DiagnosticError, diagnostic, kindOf } from '#diagnostics/diagnostic.js';
import type { QuantizationReport } from '#quantize/report.js';
import type { ConversionOptions, Engine, EngineResult } from './engines/engine.js';
import { nativeEngine } from './engines/native.js';
import { NATIVE_HELP } from './engines/tensorflow/parse-error.js';
import type { TensorFlowSettings } from './engines/tensorflow/python-settings.js';
import { tensorflowEngine } from './engines/tensorflow/tensorflow-engine.js';
import type { TensorFlowProcess } from './engines/tensorflow/tensorflow-process.js';
import { quantizeModel } from './quantize-model.js';

export interface EngineChoice {
  /** `auto`: the native engine, and TensorFlow for models that it refuses as unsupported. */
  readonly engine: Engine['name'] | 'auto';
  readonly tensorflow: TensorFlowSettings;
}

export interface MadeModel extends EngineResult {
  readonly engine: Engine['name'];
  /** What the native engine did to each op of a model that it quantized. */
  readonly report: QuantizationReport | undefined;
}

/**
 * Makes a model, float or quantized, by the engine that is asked for; `tensorflow` is started where it is needed, and
 * left to the caller to end. Throws a DiagnosticError with what keeps the model from being made; where both engines were
 * asked, with what both say.
 */
export async function makeModel(
  path: string,
  options: ConversionOptions,
  engine: EngineChoice['engine'],
  tensorflow: TensorFlowProcess,
): Promise<MadeModel> {
  if (engine === 'tensorflow') return byTensorFlow(path, options, tensorflow);
  try {
    return await natively(path, options);
  } catch (error) {
    if (engine === 'native' || !isUnsupported(error)) throw error;
    return insteadOfNative(error, () => byTensorFlow(path, options, tensorflow));
  }
}

async function natively(path: string, options: ConversionOptions): Promise<MadeModel> {
  const { scheme, recipe, ioType = 'float32' } = options;
  if ((scheme === undefined || scheme === 'float32') && recipe === undefined && ioType === 'float32') {
    return { ...nativeEngine.convert(path, options), engine: 'native', report: undefined };
  }
  // Without a recipe, for the element type of inputs and outputs alone.
  const chosen = scheme === undefined && recipe === undefined ? 'float32' : scheme;
  const quantized = await quantizeModel(path, { ...options, scheme: chosen });
  return { ...quantized, engine: 'native', explanations: [] };
}

async function byTensorFlow(
  path: string,
  options: ConversionOptions,
  tensorflow: TensorFlowProcess,
): Promise<MadeModel> {
  const made = await tensorflowEngine(tensorflow).convert(path, options);
  return { ...made, engine: 'tensorflow', report: undefined };
}

function isUnsupported(error: unknown): error is DiagnosticError {
  if (!(error instanceof DiagnosticError)) return false;
  return error.diagnostics.every((found) => found.severity !== 'error' || kindOf(found) === 'unsupported');
}

async function insteadOfNative(refusal: DiagnosticError, make: () => Promise<MadeModel>): Promise<MadeModel> {
  try {
    const made = await make();
    return { ...made, diagnostics: [otherEngine(refusal, made), ...made.diagnostics] };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    // Ops that both refuse are told once, as the native engine tells them.
    const [first, second] = [opsOf(refusal), opsOf(error)];
    const both = refusal.diagnostics.map((found): Diagnostic => {
      if (found.op === undefined || !second.has(found.op)) return found;
      return { ...found, detail: `${found.detail.replace(/\.$/, '')}; the official converter refuses it as well` };
    });
    const others = error.diagnostics
      .filter(({ op }) => op === undefined || !first.has(op))
      // The native engine has been asked.
      .map((found): Diagnostic => ({ ...found, help: found.help.filter((help) => help !== NATIVE_HELP) }));
    throw new DiagnosticError([...both, ...others]);
  }
}

function opsOf({ diagnostics }: DiagnosticError): Set<string> {
  return new Set(diagnostics.flatMap(({ op }) => op ?? []));
}

function otherEngine({ diagnostics }: DiagnosticError, { engine }: MadeModel): Diagnostic {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const reasons = [...new Set(errors.map(({ op, detail }) => (op === undefined ? detail : `${op}: ${detail}`)))];
  return diagnostic('other-engine', {
    detail: `The engine ${engine} made the model, as the native one refuses it: ${reasons.join(' ')}`,
    locations: errors.flatMap(({ locations }) => locations),
  });
}
