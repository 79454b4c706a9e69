import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import { type HostReply, type HostRequest, PythonHost } from './python-host.js';
import type { TensorFlowSettings } from './python-settings.js';
import { pythonFor } from './set-up-python.js';

/**
 * A Python process for one model after the other, as loading TensorFlow takes longer than most conversions. It is started
 * when it is first asked for, and another one where it broke down. The time limit is that of each model.
 */
export class TensorFlowProcess {
  readonly #settings: TensorFlowSettings;
  #kept: { readonly host: PythonHost; readonly folder: string } | undefined;

  constructor(settings: TensorFlowSettings) {
    this.#settings = settings;
  }

  /**
   * Gives what TensorFlow answers. What comes of a model must not depend on those before it: where the process breaks
   * down that has served others, the model gets one of its own. Throws a DiagnosticError: `engine-missing`,
   * `engine-stopped`.
   */
  async request(request: HostRequest): Promise<HostReply> {
    const { host: used } = this.#kept ?? {};
    if (used) {
      used.startClock();
      const reply = await this.#ask(used, request).catch((error: unknown) => {
        if (!(error instanceof DiagnosticError) || used.isLate) throw error;
        return undefined;
      });
      if (reply) return reply;
    }
    return this.#ask(await this.#start(), request);
  }

  /** Ends the process; the next request would start another one. */
  async dispose(): Promise<void> {
    const kept = this.#kept;
    this.#kept = undefined;
    if (!kept) return;
    await kept.host.dispose();
    rmSync(kept.folder, { recursive: true, force: true });
  }

  async #ask(host: PythonHost, request: HostRequest): Promise<HostReply> {
    try {
      const reply = await host.request(request);
      host.stopClock();
      return reply;
    } catch (error) {
      await this.dispose();
      throw error;
    }
  }

  async #start(): Promise<PythonHost> {
    const { timeLimitMs, memory, ...settings } = this.#settings;
    const python = await pythonFor(settings);
    const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-tensorflow-'));
    try {
      const host = await PythonHost.start(python, { folder, timeLimitMs, memory });
      this.#kept = { host, folder };
      return host;
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }
}
