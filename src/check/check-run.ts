import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, freemem, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { applyOverrides, type Overrides } from '#config/apply-overrides.js';
import type { ReportConfig } from '#config/config.js';
import { type ExpandedConfig, expandConfig } from '#config/expand-config.js';
import { findSavedModels } from '#config/find-saved-models.js';
import { diffGate } from '#config/protect/diff-gate.js';
import { type GateConfig, type GatedModel, gateOf } from '#config/protect/gate-of.js';
import { codeModules } from '#config/protect/judging-files.js';
import { pairModels } from '#config/protect/pair-models.js';
import { readConfig } from '#config/read-config.js';
import { type Diagnostic, fail } from '#diagnostics/diagnostic.js';
import { headCommit, isRepository, isTracked } from '#git/find-commit.js';
import type { GitTree } from '#git/git-tree.js';
import { type Model, type RunRecord, SCHEMA_VERSION } from '#record/record.js';
import { runtimeName } from '#runtime/open-interpreter.js';
import { version } from '#version.js';
import { resolveRuntime } from '../find-runtime.js';
import { BaseFolder } from './base-folder.js';
import type { Baseline } from './baseline-file.js';
import { checkModel } from './check-model.js';
import { comparedWith } from './compared-with.js';
import { type BaseRequest, baseConfig, findBase } from './find-base.js';
import { findingsOf } from './findings.js';
import { finishRecord } from './finish-record.js';
import { changeRecord, dataChanges } from './gate-changes.js';
import { inTurns } from './in-turns.js';
import { floatVariant } from './make-file.js';
import { balance, planUnits, type Shard, type Unit } from './plan-units.js';
import { ResultCache } from './result-cache.js';
import { Digests } from './result-keys.js';
import { withShownPaths } from './shown-paths.js';
import { tensorflowSettings } from './tensorflow-settings.js';

export interface CheckOptions extends BaseRequest {
  /** Folder of the repository, absolute. */
  readonly root: string;
  /** The configuration's file, relative to the root; else the one that is there. */
  readonly config?: string | undefined;
  /** Only models whose folders match one of these. */
  readonly only?: readonly string[] | undefined;
  readonly overrides?: Overrides | undefined;
  /** Folder for the files, absolute. */
  readonly output: string;
  readonly shard?: Shard | undefined;
  /** Whether no code of the repository may run, whatever a configuration says. */
  readonly refuseCode?: boolean | undefined;
  /**
   * Whether the configuration that is checked out may permit code of the repository to run: it is one's own, and not
   * what somebody proposes.
   */
  readonly trusted: boolean;
  /** Called before anything is measured, with the folder in which results are kept, absolute. */
  readonly onCache?: ((folder: string) => Promise<void>) | undefined;
  /** Called when a model is done. */
  readonly onModel?: ((model: Model, done: number, of: number) => void) | undefined;
}

export interface CheckedRun {
  /** What of the gate's configuration is about reports. */
  readonly report: ReportConfig;
  readonly record: RunRecord;
  readonly measurements: Baseline['models'];
}

/** What a run is about, before anything is measured. */
export interface RunPlan {
  readonly head: ExpandedConfig;
  readonly base: ExpandedConfig | undefined;
  readonly tree: GitTree | undefined;
  readonly baseReason: string;
  readonly gate: GateConfig;
  readonly findings: readonly Diagnostic[];
}

/** Reads the configurations of head and base. Throws a DiagnosticError for what is wrong with the head's. */
export async function planRun(options: CheckOptions): Promise<RunPlan> {
  const { root, config, only, overrides = {} } = options;
  const file = applyOverrides(readConfig(root, config), overrides);
  const folders = await findSavedModels(root, []);
  const head = expandConfig(file, folders, only ? { only } : {});
  for (const pattern of only ?? []) {
    if (expandConfig(file, folders, { only: [pattern] }).models.length === 0) refusePattern(pattern);
  }
  const { tree, reason } = await findBase(root, options);
  if (!tree) {
    for (const path of head.unmatched) refusePattern(path, file.file);
    // There is nothing between oneself and one's own configuration.
    const own = { ...head, models: head.models.map((model): GatedModel => ({ ...model, judgedBy: 'head' })) };
    return {
      head,
      base: undefined,
      tree,
      baseReason: reason,
      gate: options.trusted ? own : gateOf(undefined, head),
      findings: [],
    };
  }
  const { config: base, findings } = await baseConfig(tree, config, overrides, only);
  // What the base has, and the head has not, is missing; what neither has is a slip of the pen.
  const entries = (base?.entries ?? []).filter(({ path }) => !base?.unmatched.includes(path));
  const inBase = new Set([...(base?.models ?? []), ...entries].map(({ path }) => path));
  for (const path of head.unmatched) if (!inBase.has(path)) refusePattern(path, file.file);
  const gate = gateOf(base, head, { allowLimitChanges: overrides.allowLimitChanges });
  return { head, base, tree, baseReason: reason, gate, findings };
}

/**
 * Checks all models of a repository, or a shard's share of them, and gives the record. Files are written to `output`,
 * which holds nothing half-written where this throws: a DiagnosticError for wrong input.
 */
export async function checkRun(options: CheckOptions): Promise<CheckedRun> {
  const start = performance.now();
  const plan = await planRun(options);
  refuseModules(plan.gate, options.refuseCode);
  const { root, output, shard } = options;
  const work = mkdtempSync(join(tmpdir(), 'tflite-gate-check-'));
  try {
    const digests = new Digests();
    const baseFolder = plan.tree && new BaseFolder(plan.tree, join(work, 'base'));
    const changed = plan.tree ? await plan.tree.changedPaths() : new Set<string>();
    const units = await unitsOf(plan, { root, digests });
    const mine = shard ? (balance(units, shard.count)[shard.index - 1] ?? []) : units;
    const pairs = plan.base ? pairModels(plan.base, plan.head) : [];
    const inRepository = await isRepository(root);
    const kept = await cacheFolder(plan, root, inRepository);
    if (kept !== undefined) await options.onCache?.(kept);
    const cache = new ResultCache(kept);
    const tensorflow = tensorflowSettings(
      { ...plan.gate, allowCode: plan.gate.allowCode && !options.refuseCode },
      root,
      options.trusted && !plan.tree,
    );
    const runtime = await resolveRuntime({ ...tensorflow, runtime: plan.gate.runtime });
    const wanted = plan.gate.models.flatMap((model): GatedModel[] => {
      const variants = model.variants.filter((variant) =>
        mine.some((unit) => unit.model === model && unit.variant === variant),
      );
      return variants.length === 0 ? [] : [{ ...model, variants }];
    });
    let done = 0;
    const checked = await inTurns(wanted, atOnce(plan.gate, units), async (model) => {
      const pair = pairs.find(({ head, base: before, name }) => (head ? head.name : before && name) === model.name);
      const result = await checkModel({
        model,
        float: floatVariant(plan.gate.models.find(({ name }) => name === model.name)?.variants ?? model.variants),
        root,
        work,
        changed,
        baseModel: pair?.existed ? pair.base : undefined,
        base: baseFolder,
        // Replacement rules may be modules as well, and are refused where they are read.
        allowCode: plan.gate.allowCode && !options.refuseCode,
        tensorflow,
        runtime,
        digests,
        cache,
        hasBase: plan.tree !== undefined,
      });
      done++;
      options.onModel?.(result.record, done, wanted.length);
      return result;
    });
    const allowed = plan.gate.allowLimitChanges;
    const changes = [
      ...(plan.tree ? diffGate(plan.base, plan.head) : []).map((change) => changeRecord(change, allowed)),
      ...(await dataChanges(plan, root, changed, digests, baseFolder, allowed)),
    ];
    const record = finishRecord({
      schemaVersion: SCHEMA_VERSION,
      tool: { name: 'tflite-gate', version, ...(runtime === 'wasm' ? {} : { runtime: runtimeName(runtime) }) },
      verdict: 'passed',
      headline: '',
      config: {
        file: plan.head.file ?? null,
        sha256: plan.head.file === undefined ? null : (await digests.of(join(root, plan.head.file))).sha256,
        source: plan.base?.file !== undefined && !allowed ? 'base' : plan.head.file === undefined ? 'none' : 'head',
        failOn: [...plan.gate.failOn],
      },
      head: { commit: inRepository ? ((await headCommit(root)) ?? null) : null },
      base: comparedWith(plan.gate, plan.tree, plan.baseReason),
      shard: shard ?? null,
      units: units.map(({ model, variant }) => ({ model: model.name, variant: variant.name })),
      changes,
      models: checked.map((result) => result.record),
      findings: findingsOf(plan.findings),
      timing: { milliseconds: performance.now() - start, variants: checked.flatMap(({ timing }) => timing) },
    });
    for (const [from, name] of checked.flatMap(({ files }) => [...files])) {
      const to = join(output, ...name.split('/'));
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(from, to);
    }
    const measured = new Map(checked.map(({ record: { name }, measured: own }) => [name, own]));
    return { record, measurements: measured, report: plan.gate.report };
  } catch (error) {
    throw withShownPaths(error, [join(work, 'base'), root]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Where results are kept, absolute. Not where git keeps files: whoever proposes a change could propose its results.
 */
async function cacheFolder({ gate }: RunPlan, root: string, inRepository: boolean): Promise<string | undefined> {
  if (gate.cache === undefined) return undefined;
  const folder = resolve(root, gate.cache);
  if (!inRepository || !(await isTracked(root, folder))) return folder;
  return fail('invalid-option', {
    detail: `Results would be kept in ${gate.cache}, which is a part of the repository: they could be made up.`,
    locations: [{ file: gate.cache }],
    help: ['Remove the folder from git and list it in .gitignore, or name another one as `cache`.'],
  });
}

function refusePattern(pattern: string, file?: string): never {
  fail('not-a-saved-model', {
    detail: `"${pattern}"${file === undefined ? '' : `, which ${file} lists,`} matches no folder with a saved_model.pb.`,
    locations: [{ file: file ?? pattern }],
    help: ['Check the path against the repository, and that the files are checked out before this step.'],
  });
}

/** Beside what a model's weights take: the runtime and its copies of the model. */
const MEMORY_PER_MODEL = 200e6;
/** Of the SavedModel, the files made of it, and the runtime's copies. */
const COPIES = 6;

/** How many models are checked at once: as many as there are processors and memory for. */
function atOnce({ workers = availableParallelism(), memory = freemem() }: GateConfig, units: readonly Unit[]): number {
  const largest = units.reduce((most, { bytes }) => Math.max(most, bytes), 0);
  return Math.max(1, Math.min(workers, Math.floor(memory / (MEMORY_PER_MODEL + COPIES * largest))));
}

/** What the run consists of. */
export async function unitsOf(
  { gate }: RunPlan,
  { root, digests = new Digests() }: { readonly root: string; readonly digests?: Digests },
): Promise<Unit[]> {
  const bytes = new Map<string, number>();
  for (const { path } of gate.models) {
    if (existsSync(join(root, path))) bytes.set(path, (await digests.of(join(root, path))).bytes);
  }
  return planUnits(gate.models, bytes);
}

/** Throws a DiagnosticError where models need code of the repository that may not run. */
function refuseModules({ models, allowCode, file }: GateConfig, refused = false): void {
  if (allowCode && !refused) return;
  const modules = [...new Set(models.flatMap(codeModules))];
  if (modules.length === 0) return;
  const detail = `${modules.join(', ')}: code of the repository, which does not run ${refused ? 'where the token of the run can write to the repository' : "unless the base's configuration allows it"}.`;
  const help = refused
    ? 'Check pull requests of forks under the event `pull_request`, whose token can only read.'
    : `Write \`allow-code: true\` into ${file ?? '.tflite-gate.yml'} of the base branch, if you trust all who can propose changes.`;
  fail('code-not-allowed', { detail, locations: modules.map((path) => ({ file: path })), help: [help] });
}
