import { type Dirent, existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { fail } from '#diagnostics/diagnostic.js';
import {
  type MetaGraphDef,
  readCollectionDef,
  readGraphDef,
  readMetaGraphDef,
  readSavedModel,
} from '#wire/protobuf/saved-model.generated.js';
import { openBundle } from './bundle.js';
import { decodeFrom, failCorrupt, failUnreadable, readFile } from './files.js';
import { functionLibrary } from './functions.js';
import { lazyNode } from './nodes.js';
import type {
  Asset,
  FunctionLibrary,
  NodeDef,
  SavedModel,
  SignatureDef,
  VariableBindings,
  VariableStore,
} from './records.js';
import { signaturesOf } from './signatures.js';
import { variableBindings } from './variable-bindings.js';

const FILE_NAME = 'saved_model.pb';
const SERVE = 'serve';

/** TF2 names the op as an output of a signature of its own; TF1 in a collection, under one of two names. */
const INIT_SIGNATURE = '__saved_model_init_op';
const INIT_COLLECTIONS = ['saved_model_main_op', 'legacy_init_op'];

/** What files that are not SavedModels can be made one of with. */
const HELP_BY_EXTENSION: Readonly<Record<string, string>> = {
  '.keras': 'Load it with `keras.models.load_model(path)` and write a SavedModel with `model.export(folder)`.',
  '.h5': 'Load it with `keras.models.load_model(path)` and write a SavedModel with `model.export(folder)`.',
  '.hdf5': 'Load it with `keras.models.load_model(path)` and write a SavedModel with `model.export(folder)`.',
  '.tflite': 'This is a converted model already.',
  '.onnx': 'ONNX models are not read; export the model from TensorFlow or Keras.',
  '.pb': 'A frozen graph has no signatures; save the model with `tf.saved_model.save`.',
  '.pt': 'PyTorch models are not read; export the model from TensorFlow or Keras.',
  '.zip': 'Unpack the archive and give the folder that holds `saved_model.pb`.',
};

/**
 * Opens a SavedModel's folder and reads its `saved_model.pb`; graph, functions and variables are decoded when they are
 * first looked at. `tags` choose the meta graph; without them it is the only one, or the one tagged `serve`. Fails with
 * `not-a-saved-model`, `file-unreadable`, `lfs-pointer`, `corrupt-file` or `unknown-tag`.
 */
export function openSavedModel(path: string, options: { readonly tags?: readonly string[] } = {}): SavedModel {
  const file = join(path, FILE_NAME);
  checkFolder(path);
  const bytes = readFile(file, { code: 'not-a-saved-model', detail: `${file} does not exist.` });
  const { metaGraphs } = decodeFrom(file, 'the SavedModel', bytes, readSavedModel);
  const graphs = metaGraphs.map((graph) => decodeFrom(file, 'a meta graph', graph, readMetaGraphDef));
  return new OpenSavedModel(path, file, chooseGraph(path, file, graphs, options.tags));
}

class OpenSavedModel implements SavedModel {
  readonly path: string;
  readonly tags: readonly string[];
  readonly tensorflowVersion: string;
  readonly signatures: ReadonlyMap<string, SignatureDef>;
  readonly initOp: string | undefined;
  readonly assets: readonly Asset[];
  readonly variables: VariableStore;
  readonly #file: string;
  readonly #meta: MetaGraphDef;
  #graph: { readonly nodes: readonly NodeDef[]; readonly functions: FunctionLibrary } | undefined;
  #bindings: VariableBindings | undefined;

  constructor(path: string, file: string, meta: MetaGraphDef) {
    this.path = path;
    this.tags = meta.metaInfoDef?.tags ?? [];
    this.tensorflowVersion = meta.metaInfoDef?.tensorflowVersion ?? '';
    this.signatures = signaturesOf(meta);
    this.initOp = initOpOf(file, meta);
    this.assets = assetsOf(path, file, meta);
    this.variables = openBundle(join(path, 'variables', 'variables'));
    this.#file = file;
    this.#meta = meta;
  }

  get graph(): { readonly nodes: readonly NodeDef[] } {
    return this.#decodedGraph();
  }

  get functions(): FunctionLibrary {
    return this.#decodedGraph().functions;
  }

  get variableBindings(): VariableBindings {
    this.#bindings ??= variableBindings({
      nodes: this.graph.nodes,
      functions: this.functions,
      restoreOp: this.#meta.saverDef?.restoreOpName ?? '',
      objectGraph: this.#meta.objectGraphDef,
      variables: this.variables,
      path: this.#file,
    });
    return this.#bindings;
  }

  #decodedGraph() {
    if (!this.#graph) {
      const { node, library } = decodeFrom(this.#file, 'the graph', this.#meta.graphDef, readGraphDef);
      this.#graph = {
        nodes: node.map((node) => lazyNode(this.#file, node)),
        functions: functionLibrary(this.#file, library),
      };
    }
    return this.#graph;
  }
}

/** Says what a path is that is not a SavedModel's folder. */
function checkFolder(path: string): void {
  const stats = inspect(path, () => statSync(path, { throwIfNoEntry: false }));
  const locations = [{ file: path }];
  if (!stats) fail('not-a-saved-model', { detail: `${path} does not exist.`, locations });
  if (!stats.isDirectory()) {
    const isGraph = basename(path) === FILE_NAME;
    const help = isGraph ? `Give its folder: \`${dirname(path)}\`.` : HELP_BY_EXTENSION[extname(path).toLowerCase()];
    fail('not-a-saved-model', {
      detail: `${path} is a file, not a folder.`,
      locations,
      help: help ? [help] : [],
    });
  }
  if (hasSavedModel(path)) return;
  const entries = inspect(path, () => readdirSync(path, { withFileTypes: true }));
  fail('not-a-saved-model', { detail: `${path} has no ${FILE_NAME}.`, locations, help: helpFor(path, entries) });
}

function inspect<T>(path: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    return failUnreadable(path, error);
  }
}

function helpFor(path: string, entries: readonly Dirent[]): string[] {
  const names = new Set(entries.map(({ name }) => name));
  const inner = entries.filter((entry) => entry.isDirectory() && hasSavedModel(join(path, entry.name)));
  if (inner.length > 0) return [`Give ${inner.map(({ name }) => `\`${join(path, name)}\``).join(' or ')}.`];
  if (names.has('saved_model.pbtxt')) {
    return [
      'It has the text form, `saved_model.pbtxt`: load it in TensorFlow and save it again, which writes the binary one.',
    ];
  }
  if (names.has('saved_model.cpb')) {
    return ['It was saved in parts, `saved_model.cpb`: save it without `experimental_image_format`.'];
  }
  if (names.has('keras_metadata.pb') || names.has('variables')) {
    return [`The rest of a SavedModel is here, so ${FILE_NAME} was lost: check \`.gitignore\` and what was copied.`];
  }
  if (names.has('model.weights.h5')) {
    return [
      'This is an unpacked `.keras` file: load that with `keras.models.load_model` and call `model.export(folder)`.',
    ];
  }
  return [];
}

function hasSavedModel(path: string): boolean {
  return existsSync(join(path, FILE_NAME));
}

function chooseGraph(
  path: string,
  file: string,
  graphs: readonly MetaGraphDef[],
  tags?: readonly string[],
): MetaGraphDef {
  const [first] = graphs;
  if (!first) return failCorrupt(file, 'it holds no graph');
  if (!tags && graphs.length === 1) return first;
  const wanted = new Set(tags ?? [SERVE]);
  const tagsOf = (graph: MetaGraphDef) => new Set(graph.metaInfoDef?.tags ?? []);
  const chosen = graphs.find((graph) => {
    const own = tagsOf(graph);
    return own.size === wanted.size && [...wanted].every((tag) => own.has(tag));
  });
  if (chosen) return chosen;
  const sets = graphs.map((graph) => [...tagsOf(graph)].sort().join(',') || '(none)');
  return fail('unknown-tag', {
    detail: `${path} has no graph with the tags ${[...wanted].join(',')}. It has: ${sets.join('; ')}.`,
    locations: [{ file: path }],
    help: [`Give one of these sets, for example \`--tags ${sets[0]}\`.`],
  });
}

function initOpOf(file: string, meta: MetaGraphDef): string | undefined {
  const output = meta.signatureDef.get(INIT_SIGNATURE)?.outputs.get(INIT_SIGNATURE)?.name;
  if (output) return output.split(':', 1)[0];
  for (const name of INIT_COLLECTIONS) {
    const bytes = meta.collectionDef.get(name);
    const collection = bytes && decodeFrom(file, `the collection ${name}`, bytes, readCollectionDef);
    const node = collection?.nodeList?.value[0];
    if (node) return node.split(':', 1)[0];
  }
  return undefined;
}

function assetsOf(path: string, file: string, meta: MetaGraphDef): Asset[] {
  return meta.assetFileDef.map(({ tensorInfo, filename }) => {
    // Nothing outside the model's own folder is read for it.
    if (filename === '' || filename.split(/[/\\]/).includes('..'))
      failCorrupt(file, `it names the asset "${filename}"`);
    return { tensor: tensorInfo?.name ?? '', path: join(path, 'assets', filename) };
  });
}
