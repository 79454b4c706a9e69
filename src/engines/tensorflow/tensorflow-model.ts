import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fail } from '#diagnostics/diagnostic.js';
import { signatureToJudge } from '#evaluate/evaluate-models.js';
import type { Interpreter, RunInputs, RunResult, SignatureInfo, TensorInfo } from '#runtime/interpreter.js';
import { openSavedModel } from '#saved-model/saved-model.js';
import { selectSignatures } from '#saved-model/signatures.js';
import { readNpz } from '#tensor/npz.js';
import type { Tensor } from '#tensor/tensor.js';
import type { EngineOptions } from '../engine.js';
import { type HostReply, PythonHost } from './python-host.js';
import type { TensorFlowSettings } from './python-settings.js';
import { packed } from './samples.js';
import { pythonFor } from './set-up-python.js';
import { signatureInfo } from './signature-info.js';

/**
 * A SavedModel run by TensorFlow itself, by the signature that models are judged by. Its methods throw a
 * DiagnosticError: `engine-stopped` where TensorFlow cannot run it, `invalid-data`.
 */
export class TensorFlowModel implements Interpreter {
  readonly signatures: readonly SignatureInfo[];
  readonly #path: string;
  readonly #folder: string;
  readonly #host: PythonHost;

  /** Throws a DiagnosticError: `engine-missing`, `engine-stopped`, and what is wrong with the SavedModel. */
  static async open(
    path: string,
    { tags, signatures, inputShapes = new Map() }: Pick<EngineOptions, 'tags' | 'signatures' | 'inputShapes'>,
    { timeLimitMs, memory, ...settings }: TensorFlowSettings,
  ): Promise<TensorFlowModel> {
    const savedModel = openSavedModel(path, tags ? { tags } : {});
    const infos = selectSignatures(savedModel, signatures).map((def) => signatureInfo(def, inputShapes));
    const signature = signatureToJudge({ signatures: infos });
    const python = await pythonFor(settings);
    const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-tensorflow-'));
    try {
      const host = await PythonHost.start(python, { folder, timeLimitMs, memory });
      const model = new TensorFlowModel(path, signature, folder, host);
      try {
        const request = { kind: 'load', savedModel: resolve(path), tags: savedModel.tags, signature: signature.key };
        model.#check(await host.request(request));
        return model;
      } catch (error) {
        await host.dispose();
        throw error;
      }
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private constructor(path: string, signature: SignatureInfo, folder: string, host: PythonHost) {
    this.#path = path;
    this.signatures = [signature];
    this.#folder = folder;
    this.#host = host;
  }

  /** TensorFlow's graph is not looked into. */
  intermediates(): readonly TensorInfo[] {
    return [];
  }

  async run(inputs: RunInputs): Promise<RunResult> {
    const start = performance.now();
    const values = inputs instanceof Map ? inputs : new Map(Object.entries(inputs as Record<string, Tensor>));
    const [given, made] = [join(this.#folder, 'inputs.npz'), join(this.#folder, 'outputs.npz')];
    writeFileSync(given, packed(values, this.#path));
    this.#check(await this.#host.request({ kind: 'run', inputs: given, outputs: made }));
    const outputs = readNpz(readFileSync(made));
    return { outputs, tensors: new Map(), milliseconds: performance.now() - start };
  }

  async dispose(): Promise<void> {
    await this.#host.dispose();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #check(reply: HostReply): void {
    if (reply.ok) return;
    const detail = `TensorFlow does not run the SavedModel: ${reply.error}: ${reply.message.slice(0, 2000)}`;
    fail('engine-stopped', { detail, locations: [{ file: this.#path }] });
  }
}
