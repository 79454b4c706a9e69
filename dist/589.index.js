export const id = 589;
export const ids = [589];
export const modules = {

/***/ 21589:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  runModel: () => (/* binding */ runModel),
  runOnSamples: () => (/* binding */ runOnSamples)
});

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(73024);
// EXTERNAL MODULE: ./build/diagnostics/diagnostic.js + 1 modules
var diagnostic = __webpack_require__(34128);
// EXTERNAL MODULE: ./build/tflite/file/read-model.js + 2 modules
var read_model = __webpack_require__(80821);
// EXTERNAL MODULE: ./build/tensor/dtype.js
var tensor_dtype = __webpack_require__(98324);
// EXTERNAL MODULE: ./build/tensor/shape.js
var tensor_shape = __webpack_require__(10789);
// EXTERNAL MODULE: ./build/tensor/tensor.js
var tensor_tensor = __webpack_require__(31679);
;// CONCATENATED MODULE: ./build/runtime/check-inputs.js


/**
 * The tensors for a signature's inputs, by name. Throws a DiagnosticError (`invalid-data`) that lists every input that
 * is missing, superfluous, or of another dtype or shape than the model declares.
 */
function checkInputs(signature, inputs) {
    const given = new Map(inputs instanceof Map ? inputs : Object.entries(inputs));
    const collector = new diagnostic/* Collector */.gR();
    const where = signature.key === '' ? 'the model' : `signature '${signature.key}'`;
    const names = signature.inputs.map(({ name }) => `'${name}'`).join(', ') || 'none';
    for (const info of signature.inputs) {
        const tensor = given.get(info.name);
        if (tensor === undefined) {
            collector.add('invalid-data', {
                detail: `no value for input '${info.name}' of ${where}.`,
                help: [`Give ${describe(info)}.`],
            });
        }
        else if (tensor.dtype !== info.dtype || !(0,tensor_shape/* compatibleShapes */.$Z)(tensor.shape, info.shape)) {
            collector.add('invalid-data', {
                detail: `input '${info.name}' of ${where} is ${describe(info)}, not ${tensor.dtype} [${(0,tensor_shape/* formatShape */.BB)(tensor.shape)}].`,
            });
        }
    }
    for (const name of given.keys()) {
        if (signature.inputs.some((info) => info.name === name))
            continue;
        collector.add('invalid-data', { detail: `${where} has no input '${name}'.`, help: [`Its inputs are: ${names}.`] });
    }
    collector.throwIfErrors();
    return given;
}
function describe({ dtype, shape }) {
    return `${dtype} [${(0,tensor_shape/* formatShape */.BB)(shape)}]`;
}

;// CONCATENATED MODULE: ./build/runtime/describe-signatures.js

/** The dtype of a tensor; undefined for those that hold no numbers or text (resources, variants) or have no dtype here. */
function dtypeOf(tensor) {
    const name = tensor.type.toLowerCase();
    return Object.hasOwn(tensor_dtype/* dtypes */.gZ, name) ? name : undefined;
}
/**
 * The declared shape. A dimension below 0 in `shape_signature` (or, in files of other tools, in `shape`) is known at
 * run time only. Older converters wrote no rank for scalars, so these count as of unknown rank: `null`.
 */
function declaredShape(tensor) {
    if (tensor.shape.length === 0)
        return tensor.has_rank ? [] : null;
    const signature = tensor.shape_signature ?? [];
    const dims = signature.length === tensor.shape.length ? signature : tensor.shape;
    return dims.map((dim) => (dim < 0 ? null : dim));
}
/** The tensor's description under `name`; undefined where it has no dtype. */
function describeTensor(subgraph, index, name) {
    const tensor = subgraph.tensors[index];
    const dtype = dtypeOf(tensor);
    if (dtype === undefined)
        return undefined;
    const { quantization } = tensor;
    const scales = quantization?.scale ?? [];
    return {
        name,
        tensor: index,
        dtype,
        shape: declaredShape(tensor),
        ...(scales.length === 0
            ? {}
            : {
                quantization: {
                    scales,
                    zeroPoints: (quantization?.zero_point ?? []).map(Number),
                    axis: quantization?.quantized_dimension ?? 0,
                },
            }),
    };
}
/** The model's signatures; of a model without any, one made of the first subgraph's inputs and outputs. */
function readSignatures(model) {
    const defs = model.signature_defs ?? [];
    if (defs.length > 0) {
        return defs.map((def) => ({
            key: def.signature_key ?? '',
            subgraph: def.subgraph_index,
            inputs: def.inputs.map(({ name, tensor_index }) => entry(model, def.subgraph_index, tensor_index, name ?? '')),
            outputs: def.outputs.map(({ name, tensor_index }) => entry(model, def.subgraph_index, tensor_index, name ?? '')),
        }));
    }
    const main = model.subgraphs[0];
    if (main === undefined)
        return [];
    const named = (indices) => {
        const taken = new Set();
        return indices.map((index) => {
            const name = main.tensors[index]?.name || `tensor_${index}`;
            const unique = taken.has(name) ? `${name};${index}` : name;
            taken.add(unique);
            return entry(model, 0, index, unique);
        });
    };
    return [{ key: '', subgraph: 0, inputs: named(main.inputs), outputs: named(main.outputs) }];
}
function entry(model, subgraph, index, name) {
    const graph = model.subgraphs[subgraph];
    // A resource or variant cannot be given or read: refused as such when the signature is run.
    return describeTensor(graph, index, name) ?? { name, tensor: index, dtype: 'string', shape: null };
}

;// CONCATENATED MODULE: ./build/runtime/prepared-tensors.js
/** The tensor's bytes where the file holds them; undefined for what is computed or given. */
function constantBytes(model, tensor) {
    if (tensor.is_variable)
        return undefined;
    const bytes = model.buffers[tensor.buffer];
    return bytes !== undefined && bytes.byteLength > 0 ? bytes : undefined;
}
/**
 * Tensors that LiteRT may compute while it prepares the graph, before outputs have their memory: the results of SHAPE
 * and RANK, constants, and whatever is computed from these alone (kernels that call `SetTensorToPersistentRo`; here
 * every op counts as one, which does no harm).
 */
function mayBeComputedEarly(model, subgraph) {
    return derivedFrom(model, subgraph, new Set(['SHAPE', 'RANK']));
}
/** Tensors that depend on nothing but constants: weights, also those that are unpacked while the model runs. */
function computedFromConstants(model, subgraph) {
    return derivedFrom(model, subgraph, new Set());
}
function derivedFrom(model, subgraph, sources) {
    const derived = new Set();
    subgraph.tensors.forEach((tensor, i) => {
        if (constantBytes(model, tensor))
            derived.add(i);
    });
    for (const operator of subgraph.operators) {
        const name = model.operator_codes[operator.opcode_index]?.builtin_code;
        const inputs = operator.inputs.filter((index) => index >= 0);
        const fromDerived = inputs.length > 0 && inputs.every((index) => derived.has(index));
        if (!fromDerived && (name === undefined || !sources.has(name)))
            continue;
        for (const output of operator.outputs)
            derived.add(output);
    }
    return derived;
}

;// CONCATENATED MODULE: ./build/runtime/refusals.js


/** Custom ops with a kernel in the runtime: tflite/core/kernels/register.cc. */
const CUSTOM_KERNELS = new Set([
    'NumericVerify',
    'Mfcc',
    'AudioSpectrogram',
    'TFLite_Detection_PostProcess',
    'aeq.hadamard_rotation',
]);
const FLEX = 'Flex';
/**
 * Throws a DiagnosticError (`run-failed`) that names everything for which LiteRT's CompiledModel, and so its wasm, has
 * no way: TensorFlow (Flex) and custom ops, ops that keep state in variable or intermediate tensors, weights in other
 * files, and text as input or output. The model may well run elsewhere.
 */
function refuseUnrunnable(model, signature, file) {
    const findings = new Map();
    const add = (key, node, finding) => {
        const known = findings.get(key) ?? { ...finding, nodes: [] };
        findings.set(key, known);
        if (node)
            known.nodes.push(node);
    };
    for (const subgraph of model.subgraphs)
        findInSubgraph(model, subgraph, add);
    const main = model.subgraphs[signature.subgraph];
    const ends = [
        ...signature.inputs.map((info) => ({ ...info, end: 'input' })),
        ...signature.outputs.map((info) => ({ ...info, end: 'output' })),
    ];
    for (const { tensor, name, end } of ends) {
        const record = main.tensors[tensor];
        const dtype = record && dtypeOf(record);
        if (dtype !== undefined && dtype !== 'string' && dtype !== 'int4')
            continue;
        add(`${end} ${name}`, undefined, {
            detail: `${end} '${name}' is of type ${record?.type.toLowerCase()}, which cannot be ${end === 'input' ? 'given to' : 'read from'} LiteRT's WebAssembly runtime.`,
            help: `Run the model in another runtime, or take the part that handles '${name}' out of it.`,
        });
    }
    const collector = new diagnostic/* Collector */.gR();
    for (const { detail, help, op, nodes } of findings.values()) {
        const places = nodes.slice(0, 5).map((node) => ({ node, ...(file === undefined ? {} : { file }) }));
        collector.add('run-failed', {
            detail: nodes.length > 1 ? `${detail} It is used ${nodes.length} times.` : detail,
            help: [help],
            locations: places.length > 0 || file === undefined ? places : [{ file }],
            ...(op === undefined ? {} : { op }),
        });
    }
    collector.throwIfErrors();
}
/** Mirrors what litert/core/model refuses to load. */
function findInSubgraph(model, subgraph, add) {
    const variables = new Set();
    subgraph.tensors.forEach((tensor, i) => {
        if (tensor.is_variable)
            variables.add(i);
        const unknown = unknownKind(tensor);
        if (unknown !== undefined) {
            add(unknown.detail, tensor.name, unknown);
        }
    });
    for (const operator of subgraph.operators) {
        const code = model.operator_codes[operator.opcode_index];
        if (code === undefined)
            continue;
        const op = code.builtin_code === 'CUSTOM' ? code.custom_code || 'CUSTOM' : code.builtin_code;
        const finding = code.builtin_code === 'CUSTOM' && !CUSTOM_KERNELS.has(op)
            ? withoutKernel(op)
            : withoutInterpreter(op, operator, variables);
        if (finding !== undefined)
            add(op, subgraph.tensors[operator.outputs[0] ?? -1]?.name, { ...finding, op });
    }
}
function unknownKind(tensor) {
    const dense = 'Convert the model without it.';
    if (tensor.external_buffer > 0) {
        return { detail: 'The model keeps weights in another file.', help: 'Put the weights into the .tflite file.' };
    }
    if (tensor.sparsity !== undefined)
        return { detail: 'Sparse weights cannot be loaded by LiteRT.', help: dense };
    if (tensor.type === 'COMPLEX128' || tensor.type === 'VARIANT') {
        return { detail: `Tensors of type ${tensor.type.toLowerCase()} cannot be loaded by LiteRT.`, help: dense };
    }
    return undefined;
}
function withoutKernel(op) {
    if (!op.startsWith(FLEX)) {
        return {
            detail: `The custom op ${op} has no kernel in the runtime.`,
            help: 'Express the op in TensorFlow ops that have TFLite equivalents.',
        };
    }
    return {
        detail: `${op} is a TensorFlow (Flex) op; only runtimes that are built with TensorFlow's kernels have it.`,
        help: 'Convert the model without `SELECT_TF_OPS`.',
    };
}
function withoutInterpreter(op, operator, variables) {
    const intermediate = operator.intermediates.length > 0;
    if (intermediate ||
        operator.mutating_variable_inputs.includes(true) ||
        operator.inputs.some((i) => variables.has(i))) {
        return {
            detail: `${op} keeps its state in ${intermediate ? 'intermediate' : 'variable'} tensors, which LiteRT's CompiledModel refuses.`,
            help: 'Only the older Interpreter interface runs it; a recurrent layer that is converted to WHILE runs in both.',
        };
    }
    if (operator.large_custom_options_size > 0) {
        return {
            detail: `${op} has its options outside of the flatbuffer, which LiteRT refuses.`,
            help: 'Make them smaller.',
        };
    }
    return undefined;
}

// EXTERNAL MODULE: ./build/tflite/file/write-model.js
var write_model = __webpack_require__(53509);
;// CONCATENATED MODULE: ./build/runtime/runnable-copy.js



/** A signature's names in the copy. */
const inputName = (tensor) => `i${tensor}`;
const outputName = (tensor) => `o${tensor}`;
const SHAPES_OUTPUT = 'shapes';
/** Tensors have at most 8 dimensions in LiteRT's own constant structures. */
const MAX_RANK = 8;
/** Place taken in the shapes output by each tensor: its rank and its dimensions, the rest zero. */
const SHAPE_ENTRY = MAX_RANK + 1;
/**
 * A copy of the model that only the runtime sees, made so that LiteRT's CompiledModel gives right results:
 * - inputs have the shapes they will be given, and no `shape_signature`;
 * - every output is the RESHAPE of a tensor to known dimensions, because outputs of a size known late, and those that
 *   share memory with an input or are computed while the graph is prepared, come out as garbage without any message;
 * - the output `shapes` tells the shapes that the `measured` tensors really had.
 * Its signatures are the plans', under names made here. Subgraphs keep their indices.
 */
function makeRunnableCopy(model, plans) {
    const editor = new CopyEditor(model);
    for (const plan of plans)
        editor.addSignature(plan);
    return editor.finish();
}
/** The shapes in the `shapes` output, in the order of `measured`. */
function parseShapes(bytes, count) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    const next = () => view.getInt32(4 * at++, true);
    return Array.from({ length: count }, () => Array.from({ length: next() }, next));
}
class CopyEditor {
    #model;
    #subgraphs;
    #buffers;
    #codes;
    #signatures = [];
    #origins = new Map();
    #taken = new Set();
    constructor(model) {
        this.#model = model;
        this.#subgraphs = [...model.subgraphs];
        this.#buffers = [...model.buffers];
        this.#codes = [...model.operator_codes];
    }
    addSignature(plan) {
        const original = this.#model.subgraphs[plan.subgraph];
        const graph = new SubgraphEditor(original, {
            operatorCode: (name) => this.#operatorCode(name),
            buffer: (content) => this.#buffers.push(content) - 1,
        });
        for (const { tensor, dims } of plan.inputs)
            graph.setShape(tensor, dims);
        const outputs = [];
        const early = mayBeComputedEarly(this.#model, original);
        for (const { tensor, dims } of plan.fetched) {
            outputs.push({ name: outputName(tensor), tensor_index: graph.fetch(tensor, dims, early.has(tensor)) });
        }
        if (plan.measured.length > 0) {
            outputs.push({ name: SHAPES_OUTPUT, tensor_index: graph.measure(plan.measured) });
        }
        const outputIndices = outputs.map(({ tensor_index }) => tensor_index);
        // LiteRT has no buffers of size 0. A tensor of no bytes that nothing produces does as well.
        const given = plan.inputs.filter(({ dims }) => (0,tensor_shape/* elementCount */.KX)(dims) > 0).map(({ tensor }) => tensor);
        const { subgraph, origins } = graph.finish(given, outputIndices);
        // Two signatures may share a subgraph.
        const index = this.#taken.has(plan.subgraph) ? this.#subgraphs.length : plan.subgraph;
        this.#taken.add(index);
        this.#subgraphs[index] = subgraph;
        this.#origins.set(plan.key, origins);
        this.#signatures.push({
            signature_key: plan.key,
            subgraph_index: index,
            inputs: given.map((tensor) => ({ name: inputName(tensor), tensor_index: tensor })),
            outputs,
        });
    }
    finish() {
        const bytes = (0,write_model/* serializeModel */.k)({
            ...this.#model,
            subgraphs: this.#subgraphs,
            buffers: this.#buffers,
            operator_codes: this.#codes,
            signature_defs: this.#signatures,
        });
        return { bytes, origins: this.#origins };
    }
    #operatorCode(name) {
        const found = this.#codes.findIndex((code) => code.builtin_code === name && code.version === 1);
        if (found >= 0)
            return found;
        return this.#codes.push({ builtin_code: name, deprecated_builtin_code: 0, version: 1, custom_code: '' }) - 1;
    }
}
class SubgraphEditor {
    #original;
    #shared;
    #tensors;
    /** Added behind the operator of that index; -1: in front of all. */
    #after = new Map();
    #producers = new Map();
    constructor(original, shared) {
        this.#original = original;
        this.#shared = shared;
        this.#tensors = [...original.tensors];
        original.operators.forEach(({ outputs }, i) => {
            for (const output of outputs)
                this.#producers.set(output, i);
        });
    }
    setShape(tensor, dims) {
        const record = this.#tensors[tensor];
        this.#tensors[tensor] = { ...record, shape: [...dims], shape_signature: [], has_rank: true };
    }
    /** A tensor with the same values that LiteRT can safely write as an output. */
    fetch(tensor, dims, early) {
        const at = this.#producers.get(tensor) ?? -1;
        let source = tensor;
        if (early) {
            // RESHAPE of a tensor that is computed while the graph is prepared is computed there too; SLICE never is.
            const count = (0,tensor_shape/* elementCount */.KX)(dims);
            const flat = this.#reshape(at, source, [count]);
            source = this.#slice(at, flat, count);
        }
        return this.#reshape(at, source, dims);
    }
    /**
     * A vector of rank and dimensions of each tensor in turn. SHAPE of SHAPE gives the rank as a vector. Both are
     * computed while the graph is prepared (again, where a size becomes known at run time), and SLICE, which is not,
     * gives the whole a size that does not depend on the ranks.
     */
    measure(tensors) {
        const parts = [];
        for (const tensor of tensors) {
            const at = this.#producers.get(tensor) ?? -1;
            const shape = this.#shape(at, tensor);
            parts.push(this.#shape(at, shape), shape);
        }
        const end = this.#original.operators.length - 1;
        const size = tensors.length * SHAPE_ENTRY;
        parts.push(this.#constant(new Int32Array(tensors.length * MAX_RANK)));
        const joined = this.#add(end, 'CONCATENATION', parts, 'INT32', [size], {
            type: 'ConcatenationOptions',
            value: { axis: 0, fused_activation_function: 'NONE' },
        });
        return this.#slice(end, joined, size);
    }
    finish(inputs, outputs) {
        const operators = [];
        const origins = [];
        const addBehind = (index) => {
            for (const operator of this.#after.get(index) ?? []) {
                operators.push(operator);
                origins.push(undefined);
            }
        };
        addBehind(-1);
        this.#original.operators.forEach((operator, i) => {
            operators.push(operator);
            origins.push(i);
            addBehind(i);
        });
        const ends = { inputs: [...inputs], outputs: [...outputs] };
        return { subgraph: { ...this.#original, tensors: this.#tensors, operators, ...ends }, origins };
    }
    #reshape(at, source, dims) {
        const { type, quantization } = this.#tensors[source];
        // Without dimensions the kernel wants [0], which stands for a scalar.
        const value = { new_shape: dims.length === 0 ? [0] : [...dims] };
        return this.#add(at, 'RESHAPE', [source], type, dims, { type: 'ReshapeOptions', value }, quantization);
    }
    #shape(at, source) {
        const rank = this.#tensors[source].shape.length;
        return this.#add(at, 'SHAPE', [source], 'INT32', [rank], { type: 'ShapeOptions', value: { out_type: 'INT32' } });
    }
    #slice(at, source, count) {
        const { type, quantization } = this.#tensors[source];
        const inputs = [source, this.#constant(Int32Array.of(0)), this.#constant(Int32Array.of(count))];
        return this.#add(at, 'SLICE', inputs, type, [count], { type: 'SliceOptions', value: {} }, quantization);
    }
    #constant(values) {
        const buffer = this.#shared.buffer(new Uint8Array(values.buffer));
        return this.#tensor('INT32', [values.length], buffer);
    }
    #tensor(type, dims, buffer, quantization) {
        const index = this.#tensors.length;
        // LiteRT tells a subgraph's inputs and outputs apart by their tensors' names.
        this.#tensors.push({
            ...this.#original.tensors[0],
            type,
            shape: [...dims],
            shape_signature: [],
            has_rank: true,
            buffer,
            name: `tflite_gate/${index}`,
            quantization,
            is_variable: false,
            sparsity: undefined,
            variant_tensors: [],
            external_buffer: 0,
        });
        return index;
    }
    #add(at, name, inputs, type, dims, options, quantization) {
        const output = this.#tensor(type, dims, 0, quantization);
        const added = {
            inputs: [...inputs],
            outputs: [output],
            builtin_options: options,
            builtin_options_2: undefined,
            custom_options: new Uint8Array(0),
            custom_options_format: 'FLEXBUFFERS',
            mutating_variable_inputs: [],
            intermediates: [],
            large_custom_options_offset: 0,
            large_custom_options_size: 0,
            debug_metadata_index: -1,
        };
        const list = this.#after.get(at);
        const operator = { ...added, opcode_index: this.#shared.operatorCode(name) };
        if (list === undefined)
            this.#after.set(at, [operator]);
        else
            list.push(operator);
        return output;
    }
}

// EXTERNAL MODULE: external "node:worker_threads"
var external_node_worker_threads_ = __webpack_require__(75919);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(51455);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(76760);
// EXTERNAL MODULE: external "node:url"
var external_node_url_ = __webpack_require__(73136);
// EXTERNAL MODULE: external "node:util"
var external_node_util_ = __webpack_require__(57975);
// EXTERNAL MODULE: external "node:v8"
var external_node_v8_ = __webpack_require__(78877);
// EXTERNAL MODULE: external "node:zlib"
var external_node_zlib_ = __webpack_require__(38522);
;// CONCATENATED MODULE: ./build/runtime/assets.js







const packageNames = {
    compat: 'litert_wasm_compat_internal',
    relaxed: 'litert_wasm_internal',
};
// Where this module runs: bundled into `dist/`, built into `build/runtime/`, or from its TypeScript source in tests.
const here = (0,external_node_path_.dirname)((0,external_node_url_.fileURLToPath)(import.meta.url));
const isSource = import.meta.url.endsWith('.ts');
/** The file to start as a worker thread. */
function workerFile() {
    if (isSource)
        return (0,external_node_path_.join)(here, '../../scripts/source-worker.mjs');
    const bundled = (0,external_node_path_.join)(here, 'runtime-worker.js');
    return (0,external_node_fs_.existsSync)(bundled) ? bundled : (0,external_node_path_.join)(here, 'wasm-worker.js');
}
const loaded = new Map();
/**
 * The compiled wasm and its glue code. Done once in a process: compiled code is shared with every worker. Takes about
 * 90 ms, off the main thread, of which 35 are spent on decompressing.
 */
function loadRuntime(flavour) {
    let promise = loaded.get(flavour);
    if (promise === undefined) {
        promise = load(flavour);
        loaded.set(flavour, promise);
    }
    return promise;
}
async function load(flavour) {
    // Node 20 knows relaxed SIMD but hides it behind a flag; later versions ignore the flag.
    if (flavour === 'relaxed')
        (0,external_node_v8_.setFlagsFromString)('--experimental-wasm-relaxed-simd');
    const compressed = (0,external_node_path_.join)(here, `litert-${flavour}.wasm.br`);
    if ((0,external_node_fs_.existsSync)(compressed)) {
        const wasm = await (0,external_node_util_.promisify)(external_node_zlib_.brotliDecompress)(await (0,promises_.readFile)(compressed));
        const gluePath = (0,external_node_path_.join)(here, `litert-${flavour}.cjs`);
        return { kind: 'start', wasm: await WebAssembly.compile(wasm), glue: (0,external_node_fs_.readFileSync)(gluePath, 'utf8'), gluePath };
    }
    const path = (0,external_node_path_.join)(packageFolder(), packageNames[flavour]);
    const gluePath = `${path}.js`;
    return {
        kind: 'start',
        wasm: await WebAssembly.compile(await (0,promises_.readFile)(`${path}.wasm`)),
        glue: (0,external_node_fs_.readFileSync)(gluePath, 'utf8'),
        gluePath,
    };
}
/** Not by `require.resolve`, which bundlers would follow. */
function packageFolder() {
    for (let folder = here;; folder = (0,external_node_path_.dirname)(folder)) {
        const candidate = (0,external_node_path_.join)(folder, 'node_modules/@litertjs/core/wasm');
        if ((0,external_node_fs_.existsSync)(candidate))
            return candidate;
        if (folder === (0,external_node_path_.dirname)(folder))
            throw new Error('the package @litertjs/core is not installed');
    }
}

;// CONCATENATED MODULE: ./build/runtime/worker-client.js


/** Why a request failed; the worker is gone, with all models compiled in it. */
class WorkerFailure extends Error {
    reason;
    log;
    /** Of the copy of the model that failed, where it was one. */
    origins;
    constructor(reason, message, log = []) {
        super(message);
        this.name = 'WorkerFailure';
        this.reason = reason;
        this.log = log;
    }
}
/** Node takes longer timeouts for none at all. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
/**
 * One worker thread with an instance of the wasm, one request at a time. It is started by the first request, and again
 * by the next one after a failure: an instance in which anything failed may hang or give garbage later. An idle worker
 * does not keep the process alive.
 */
class RuntimeWorker {
    #flavour;
    #worker;
    #pending;
    #disposed = false;
    /** Counts the workers lost: models compiled in an earlier one are gone. */
    generation = 0;
    constructor(flavour) {
        this.#flavour = flavour;
    }
    /** Throws a WorkerFailure. `transfer` moves buffers of the request instead of copying them. */
    request(request, timeLimitMs, transfer = []) {
        if (this.#disposed)
            return Promise.reject(disposed());
        if (this.#pending !== undefined)
            throw new Error('a request is already under way');
        this.#worker ??= this.#start();
        const worker = this.#worker;
        return new Promise((resolve, reject) => {
            const limit = Math.min(Math.max(0, timeLimitMs), LONGEST_TIMEOUT_MS);
            const timer = setTimeout(() => this.#fail(worker, new WorkerFailure('timeout', 'time limit reached')), limit);
            this.#pending = { worker, resolve, reject, timer };
            worker.ref();
            worker.postMessage(request, transfer);
        });
    }
    async dispose() {
        this.#disposed = true;
        const worker = this.#worker;
        if (worker === undefined)
            return;
        this.#fail(worker, disposed());
        await worker.terminate();
    }
    #start() {
        // The glue code reads `process.argv`; and nothing of the wasm's own output may reach the terminal.
        const worker = new external_node_worker_threads_.Worker(workerFile(), { argv: [], stdout: true, stderr: true });
        worker.unref();
        // The thread starts while the wasm is loaded; requests wait in its queue behind the wasm.
        loadRuntime(this.#flavour).then((start) => worker.postMessage(start), (error) => this.#fail(worker, new WorkerFailure('failed', `the runtime cannot be loaded: ${error.message}`)));
        worker.on('message', (reply) => {
            if (!reply.ok)
                this.#fail(worker, new WorkerFailure('failed', reply.message, reply.log));
            else
                this.#settle(worker)?.resolve(reply);
        });
        worker.on('error', (error) => this.#fail(worker, new WorkerFailure('failed', `the runtime crashed: ${error.message}`)));
        worker.on('exit', (code) => this.#fail(worker, new WorkerFailure('failed', `the runtime ended with exit code ${code}`)));
        return worker;
    }
    #settle(worker) {
        const pending = this.#pending;
        if (pending === undefined || pending.worker !== worker)
            return undefined;
        clearTimeout(pending.timer);
        this.#pending = undefined;
        worker.unref();
        return pending;
    }
    #fail(worker, failure) {
        if (this.#worker === worker) {
            this.#worker = undefined;
            this.generation++;
        }
        this.#settle(worker)?.reject(failure);
        void worker.terminate();
    }
}
function disposed() {
    return new WorkerFailure('disposed', 'the interpreter has been disposed of');
}

;// CONCATENATED MODULE: ./build/runtime/compiled-copies.js


/** How many compiled copies of one model are kept, and how many bytes of the 4 GB of wasm memory they may take. */
const MOST_COPIES = 8;
const MOST_BYTES = 2 ** 30;
/**
 * The copies of a model that a worker has compiled, by what they compute. The one that was not used for longest goes
 * first when there are too many.
 */
class CompiledCopies {
    #model;
    #worker;
    /** From the least to the most recently used. */
    #copies = new Map();
    #generation = 0;
    #count = 0;
    constructor(model, worker) {
        this.#model = model;
        this.#worker = worker;
    }
    /**
     * Runs one of the plans' signatures, in a copy that is compiled first if need be. Throws the worker's failure, which
     * then tells where the operators of the copy come from.
     */
    async run(plans, signature, inputs, remainingMs) {
        const key = JSON.stringify(plans);
        if (this.#generation !== this.#worker.generation)
            this.#copies.clear();
        this.#generation = this.#worker.generation;
        const known = this.#copies.get(key);
        const made = known === undefined ? makeRunnableCopy(this.#model, plans) : undefined;
        const copy = known ?? this.#describe(made);
        try {
            if (made !== undefined)
                await this.#compile(copy.number, made.bytes, remainingMs);
            this.#copies.delete(key);
            this.#copies.set(key, copy);
            const transfer = [...inputs.values()].map(({ bytes }) => bytes.buffer);
            const request = { kind: 'run', model: copy.number, signature, inputs };
            return await this.#worker.request(request, remainingMs(), transfer);
        }
        catch (error) {
            if (error instanceof WorkerFailure)
                error.origins = copy.origins.get(signature);
            throw error;
        }
    }
    #describe({ bytes, origins }) {
        return { number: this.#count++, byteLength: bytes.byteLength, origins };
    }
    async #compile(number, bytes, remainingMs) {
        await this.#makeRoom(bytes.byteLength, remainingMs);
        const request = { kind: 'compile', model: number, bytes };
        await this.#worker.request(request, remainingMs(), [bytes.buffer]);
    }
    async #makeRoom(byteLength, remainingMs) {
        let total = byteLength;
        for (const copy of this.#copies.values())
            total += copy.byteLength;
        for (const [key, copy] of this.#copies) {
            if (this.#copies.size < MOST_COPIES && total <= MOST_BYTES)
                return;
            this.#copies.delete(key);
            total -= copy.byteLength;
            await this.#worker.request({ kind: 'free', model: copy.number }, remainingMs());
        }
    }
}

;// CONCATENATED MODULE: ./build/runtime/run-failure.js

/** As tflite/core/subgraph.cc reports a kernel's failure, the innermost subgraph first. */
const FAILED_NODE = /Node number (\d+) \((.+?)\) failed to (prepare|invoke)/;
const PREFIX = /^ERROR: (\[[^\]]*\] )?/;
/** Folders of the runtime's sources, before a file's name and line. */
const FOLDERS = /\b[\w/]+\/(?=\w+\.(?:cc|h):\d)/;
/** What says only that something failed. */
const EMPTY = /^(Node number .*|Failed to (allocate tensors|invoke))\.?$/;
/** Out of memory, in the words of the allocator, of LiteRT and of V8. */
const MEMORY = /out of memory|bad_alloc|memory access out of bounds|failed to allocate|Cannot enlarge memory/i;
/** A worker's failure as a finding for the user: what LiteRT logged, and the op where it can be told. */
function runFailure(failure, context) {
    const { model, signature, file, timeLimitMs } = context;
    const place = {
        ...(file === undefined ? {} : { file }),
        ...(signature.key === '' ? {} : { signature: signature.key }),
    };
    if (failure.reason === 'timeout') {
        return new diagnostic/* DiagnosticError */.uo([
            (0,diagnostic/* diagnostic */.YK)('run-timeout', {
                detail: `it did not end within ${timeLimitMs / 1000} seconds.`,
                locations: Object.keys(place).length > 0 ? [place] : [],
            }),
        ]);
    }
    const lines = failure.log
        .filter((line) => line.startsWith('ERROR'))
        .map((line) => line.replace(PREFIX, '').replace(FOLDERS, '').trim());
    const failed = failedOp(lines, model.subgraphs[signature.subgraph], model, failure.origins);
    const location = { ...place, ...(failed?.node ? { node: failed.node } : {}) };
    const telling = lines.filter((line) => !EMPTY.test(line));
    const messages = telling.length > 0 ? telling : lines.length > 0 ? lines : [failure.message];
    return new diagnostic/* DiagnosticError */.uo([
        (0,diagnostic/* diagnostic */.YK)('run-failed', {
            detail: `${failed ? `${failed.op} failed: ` : ''}${messages.join('; ')}`,
            locations: Object.keys(location).length > 0 ? [location] : [],
            help: messages.some((line) => MEMORY.test(line))
                ? ['The runtime has 4 GB of memory at most: give smaller inputs, a smaller batch first of all.']
                : [],
            ...(failed ? { op: failed.op } : {}),
        }),
    ]);
}
function failedOp(lines, subgraph, model, origins) {
    const matches = lines.map((line) => FAILED_NODE.exec(line)).filter((match) => match !== null);
    const innermost = matches[0];
    if (innermost === undefined)
        return undefined;
    // The last one is an operator of the signature's own subgraph; its body's operators, if any, come before.
    const outermost = matches.at(-1);
    const index = origins?.[Number(outermost[1])];
    const operator = index === undefined ? undefined : subgraph.operators[index];
    const code = operator && model.operator_codes[operator.opcode_index];
    const agrees = code?.builtin_code === outermost[2] || code?.custom_code === outermost[2];
    const output = agrees ? operator?.outputs[0] : undefined;
    return { op: innermost[2], node: output === undefined ? undefined : subgraph.tensors[output]?.name };
}

;// CONCATENATED MODULE: ./build/runtime/shaped-runs.js








/** Of how many sets of input shapes the results' shapes are remembered. */
const MOST_KNOWN = 256;
/** Ops whose state lasts from run to run, and is lost with the compiled copy. */
const STATE_OPS = new Set(['ASSIGN_VARIABLE']);
/**
 * Runs a model for inputs of any shapes. A copy of the model is compiled for the shapes at hand (see `runnable-copy`);
 * it must know how many elements each result will have. Where the declared shapes do not tell, a first pass asks for
 * the shapes alone. Every pass tells the true shapes besides, so an assumption that is wrong is always found.
 */
class ShapedRuns {
    #model;
    #signatures;
    #copies;
    #file;
    #known = new Map();
    #hasState;
    constructor(model, signatures, worker, file) {
        this.#model = model;
        this.#signatures = signatures;
        this.#copies = new CompiledCopies(model, worker);
        this.#file = file;
        this.#hasState = model.operator_codes.some(({ builtin_code }) => STATE_OPS.has(builtin_code));
    }
    async run(job, timeLimitMs) {
        const end = performance.now() + timeLimitMs;
        const remainingMs = () => end - performance.now();
        try {
            return await (this.#hasState ? this.#runWithState(job, remainingMs) : this.#run(job, remainingMs));
        }
        catch (error) {
            if (!(error instanceof WorkerFailure))
                throw error;
            throw runFailure(error, { model: this.#model, signature: job.signature, file: this.#file, timeLimitMs });
        }
    }
    async #run(job, remainingMs) {
        if (job.wanted.length === 0)
            return { values: new Map(), milliseconds: 0 };
        const known = this.#knownShapes(job);
        let measured = false;
        let dims = known.dependOnValues ? undefined : (known.dims ?? this.#expectedShapes(job));
        for (;;) {
            if (dims === undefined) {
                dims = await this.#measure(job, remainingMs);
                measured = true;
            }
            const attempt = await this.#attempt(job, dims, remainingMs).catch((error) => {
                if (measured || !(error instanceof WorkerFailure) || error.reason !== 'failed')
                    throw error;
                return error;
            });
            if (attempt instanceof WorkerFailure) {
                // Either the model cannot compute this, which measuring it shows as well, or the results have other shapes.
                const actual = await this.#measure(job, remainingMs);
                if (sameCounts(actual, dims))
                    throw attempt;
                known.dependOnValues = known.dims !== undefined;
                dims = actual;
                measured = true;
                continue;
            }
            if (sameCounts(attempt.dims, dims)) {
                known.dims = attempt.dims;
                return attempt;
            }
            // Results without elements are not fetched; here one has elements now.
            if (measured)
                throw new WorkerFailure('failed', 'the shapes of the results differ from run to run');
            known.dependOnValues = known.dims !== undefined;
            dims = attempt.dims;
            measured = true;
        }
    }
    /** All signatures live in one compiled copy, which they need to share the state. */
    async #runWithState(job, remainingMs) {
        const plans = this.#signatures.flatMap((signature) => this.#declaredPlan(signature) ?? []);
        const plan = plans.find(({ key }) => key === planKey(job.signature));
        if (plan === undefined || job.traced) {
            const what = job.traced
                ? 'its intermediate tensors cannot be read'
                : 'inputs and outputs of unknown size cannot be used';
            return (0,diagnostic/* fail */.fJ)('run-failed', {
                detail: `the model keeps state in variables from run to run; ${what}, because each shape needs its own copy of the model.`,
                locations: this.#file === undefined ? [] : [{ file: this.#file }],
            });
        }
        const wanted = plan.fetched.map(({ tensor }) => tensor);
        const result = await this.#perform({ ...job, wanted: plan.measured }, plans, wanted, remainingMs);
        if (result.values.size < plan.measured.length) {
            throw new WorkerFailure('failed', 'results have another shape than the model declares');
        }
        return result;
    }
    #declaredPlan(signature) {
        const subgraph = this.#model.subgraphs[signature.subgraph];
        const computed = new Set(subgraph.operators.flatMap(({ outputs }) => outputs));
        const shaped = (tensor) => {
            const dims = declaredShape(subgraph.tensors[tensor]) ?? [];
            return (0,tensor_shape/* isStatic */.Nh)(dims) ? { tensor, dims } : undefined;
        };
        const outputs = [...new Set(signature.outputs.map(({ tensor }) => tensor))].filter((tensor) => computed.has(tensor));
        const inputs = signature.inputs.map(({ tensor }) => shaped(tensor));
        const fetched = outputs.map(shaped);
        if (inputs.includes(undefined) || fetched.includes(undefined))
            return undefined;
        return {
            key: planKey(signature),
            subgraph: signature.subgraph,
            inputs: inputs.filter((input) => input !== undefined),
            measured: outputs,
            fetched: fetched.filter((output) => output !== undefined).filter(({ dims }) => (0,tensor_shape/* elementCount */.KX)(dims) > 0),
        };
    }
    /** The shapes of the wanted tensors, from a run that computes nothing else. */
    async #measure(job, remainingMs) {
        const plan = { ...basePlan(job), measured: job.wanted, fetched: [] };
        const { dims } = await this.#perform(job, [plan], [], remainingMs);
        return dims;
    }
    #attempt(job, dims, remainingMs) {
        const fetched = job.wanted
            .map((tensor, i) => ({ tensor, dims: dims[i] }))
            .filter((entry) => (0,tensor_shape/* elementCount */.KX)(entry.dims) > 0);
        const plan = { ...basePlan(job), measured: job.wanted, fetched };
        const tensors = fetched.map(({ tensor }) => tensor);
        return this.#perform(job, [plan], tensors, remainingMs);
    }
    async #perform(job, plans, fetched, remainingMs) {
        const inputs = new Map(job.inputs.map(({ tensor, value }) => [inputName(tensor), this.#toWire(job, tensor, value)]));
        const reply = await this.#copies.run(plans, planKey(job.signature), inputs, remainingMs);
        const shapes = reply.outputs.get(SHAPES_OUTPUT);
        const dims = shapes === undefined ? [] : parseShapes(shapes, job.wanted.length);
        const subgraph = this.#model.subgraphs[job.signature.subgraph];
        const values = new Map();
        const read = new Set(fetched);
        job.wanted.forEach((tensor, i) => {
            const dtype = dtypeOf(subgraph.tensors[tensor]);
            const shape = dims[i];
            if (dtype === undefined || dtype === 'string' || shape === undefined)
                return;
            const bytes = read.has(tensor) ? reply.outputs.get(outputName(tensor)) : new Uint8Array(0);
            // RESHAPE has checked the number of elements of what was fetched.
            const hasElements = (0,tensor_shape/* elementCount */.KX)(shape) > 0;
            if (bytes !== undefined && bytes.byteLength > 0 === hasElements) {
                values.set(tensor, tensor_tensor/* Tensor */.q.fromBytes(dtype, shape, bytes));
            }
        });
        return { values, dims, milliseconds: reply.milliseconds };
    }
    #toWire(job, tensor, value) {
        const record = this.#model.subgraphs[job.signature.subgraph].tensors[tensor];
        // A copy of its own: a view would take the whole file along that it is a view on.
        return { elementType: record.type, dims: value.shape, bytes: new Uint8Array(value.bytes) };
    }
    /** The declared shapes, with the batch of the inputs in place of an unknown first dimension; undefined if unsure. */
    #expectedShapes(job) {
        const subgraph = this.#model.subgraphs[job.signature.subgraph];
        const declared = (tensor) => declaredShape(subgraph.tensors[tensor]);
        const batches = new Set(job.inputs.flatMap(({ tensor, value }) => (declared(tensor)?.[0] === null ? value.shape[0] : [])));
        const batch = batches.size === 1 ? [...batches][0] : undefined;
        const expected = [];
        for (const tensor of job.wanted) {
            const shape = declared(tensor)?.map((dim, axis) => dim ?? (axis === 0 && batch !== undefined ? batch : null));
            if (shape === undefined || !(0,tensor_shape/* isStatic */.Nh)(shape))
                return undefined;
            expected.push(shape);
        }
        return expected;
    }
    #knownShapes(job) {
        const key = JSON.stringify(basePlan(job)) + JSON.stringify(job.wanted);
        const known = this.#known.get(key) ?? { dims: undefined, dependOnValues: false };
        this.#known.delete(key);
        this.#known.set(key, known);
        for (const oldest of this.#known.keys()) {
            if (this.#known.size <= MOST_KNOWN)
                break;
            this.#known.delete(oldest);
        }
        return known;
    }
}
/** Signature keys may be any text; the copy's are plain. */
function planKey(signature) {
    return `${signature.subgraph}:${signature.key}`;
}
function basePlan({ signature, inputs }) {
    return {
        key: planKey(signature),
        subgraph: signature.subgraph,
        inputs: inputs.map(({ tensor, value }) => ({ tensor, dims: value.shape })),
    };
}
/** Whether a copy made for `b` has the right results for `a`: as many elements of each. */
function sameCounts(a, b) {
    return a.every((dims, i) => (0,tensor_shape/* elementCount */.KX)(dims) === (0,tensor_shape/* elementCount */.KX)(b[i]));
}

;// CONCATENATED MODULE: ./build/runtime/wasm-interpreter.js










const DEFAULT_TIME_LIMIT_MS = 600_000;
const DEFAULT_SIGNATURE = 'serving_default';
/** The `Interpreter` on LiteRT's WebAssembly build in a worker thread, which is started by the first run. */
class WasmInterpreter {
    signatures;
    #model;
    #options;
    #worker;
    #runs;
    #accepted = new Set();
    #last = Promise.resolve();
    constructor(model, options, flavour) {
        this.#model = model;
        this.#options = options;
        this.signatures = readSignatures(model);
        this.#worker = new RuntimeWorker(flavour);
        this.#runs = new ShapedRuns(model, this.signatures, this.#worker, options.file);
    }
    intermediates(key) {
        const { subgraph: index } = this.#signature(key);
        const subgraph = this.#model.subgraphs[index];
        const constant = computedFromConstants(this.#model, subgraph);
        const found = new Map();
        for (const tensor of subgraph.operators.flatMap(({ outputs }) => outputs)) {
            const record = subgraph.tensors[tensor];
            const info = describeTensor(subgraph, tensor, record.name ?? '');
            if (info === undefined || info.dtype === 'string' || info.dtype === 'int4')
                continue;
            if (!constant.has(tensor) && !record.is_variable)
                found.set(tensor, info);
        }
        return [...found.values()];
    }
    run(inputs, options = {}) {
        const result = this.#last.then(() => this.#run(inputs, options));
        this.#last = result.catch(() => undefined);
        return result;
    }
    dispose() {
        return this.#worker.dispose();
    }
    async #run(inputs, options) {
        const signature = this.#signature(options.signature);
        if (!this.#accepted.has(signature))
            refuseUnrunnable(this.#model, signature, this.#options.file);
        this.#accepted.add(signature);
        const given = checkInputs(signature, inputs);
        const asked = this.#askedTensors(signature, options.tensors ?? []);
        const values = this.#directValues(signature, given, asked);
        const wanted = [...new Set([...signature.outputs.map(({ tensor }) => tensor), ...asked])];
        const job = {
            signature,
            inputs: signature.inputs.map(({ name, tensor }) => ({ tensor, value: given.get(name) })),
            wanted: wanted.filter((tensor) => !values.has(tensor)),
            traced: asked.length > 0,
        };
        const run = await this.#runs.run(job, this.#options.timeLimitMs ?? DEFAULT_TIME_LIMIT_MS);
        for (const [tensor, value] of run.values)
            values.set(tensor, value);
        const outputs = signature.outputs.map(({ name, tensor }) => [name, values.get(tensor)]);
        const tensors = asked.flatMap((tensor) => {
            const value = values.get(tensor);
            return value === undefined ? [] : [[tensor, value]];
        });
        return { outputs: new Map(outputs), tensors: new Map(tensors), milliseconds: run.milliseconds };
    }
    #signature(key) {
        const { signatures } = this;
        const found = key === undefined && signatures.length === 1
            ? signatures[0]
            : signatures.find((signature) => signature.key === (key ?? DEFAULT_SIGNATURE));
        if (found !== undefined)
            return found;
        const { file } = this.#options;
        return (0,diagnostic/* fail */.fJ)('unknown-signature', {
            detail: key === undefined
                ? 'the model has several signatures, and none was chosen.'
                : `the model has no signature '${key}'.`,
            help: [`Choose one of: ${signatures.map((signature) => signature.key || '(unnamed)').join(', ') || 'none'}.`],
            locations: file === undefined ? [] : [{ file }],
        });
    }
    #askedTensors(signature, asked) {
        const readable = this.#readable(signature);
        return asked === 'all' ? [...readable] : asked.filter((tensor) => readable.has(tensor));
    }
    #readable(signature) {
        return new Set(this.intermediates(signature.key).map(({ tensor }) => tensor));
    }
    /**
     * Outputs that are inputs, or constants. The runtime would give garbage for these, without a message; and there is
     * nothing to compute.
     */
    #directValues(signature, given, asked) {
        const values = new Map();
        for (const { name, tensor } of signature.inputs)
            values.set(tensor, given.get(name));
        const subgraph = this.#model.subgraphs[signature.subgraph];
        const produced = new Set(subgraph.operators.flatMap(({ outputs }) => outputs));
        for (const index of [...signature.outputs.map(({ tensor }) => tensor), ...asked]) {
            const record = subgraph.tensors[index];
            const bytes = produced.has(index) ? undefined : constantBytes(this.#model, record);
            const dtype = dtypeOf(record);
            const shape = declaredShape(record) ?? [];
            if (bytes === undefined || dtype === undefined || dtype === 'string' || !(0,tensor_shape/* isStatic */.Nh)(shape))
                continue;
            if (bytes.byteLength !== (0,tensor_dtype/* byteLength */.dp)(dtype, (0,tensor_shape/* elementCount */.KX)(shape))) {
                (0,diagnostic/* fail */.fJ)('invalid-tflite', {
                    detail: `constant '${record.name ?? index}' has ${bytes.byteLength} bytes, which do not make ${dtype} [${shape.join(', ')}].`,
                    locations: this.#options.file === undefined ? [] : [{ file: this.#options.file }],
                });
            }
            values.set(index, tensor_tensor/* Tensor */.q.fromBytes(dtype, shape, bytes));
        }
        return values;
    }
}

;// CONCATENATED MODULE: ./build/runtime/open-interpreter.js


/**
 * Opens a model, given as the bytes of a `.tflite` file, which must not change while it is open. Throws a
 * DiagnosticError (`invalid-tflite`, `lfs-pointer`); whether the model can be run shows at the first run.
 */
async function openInterpreter(model, options = {}) {
    // A plain array: of a Node Buffer, `slice` would not copy.
    const bytes = new Uint8Array(model.buffer, model.byteOffset, model.byteLength);
    return new WasmInterpreter((0,read_model/* parseModel */.X)(bytes, options.file), options, options.flavour ?? 'compat');
}

;// CONCATENATED MODULE: ./build/runtime/random-inputs.js



/**
 * Inputs to try a signature with: floats and complex numbers from N(0, 1), integers from 0 up to a small limit (of
 * quantized inputs: the whole range of their type), bools. Each input depends on the seed and its name alone. Text
 * becomes empty strings; of inputs of unknown rank, scalars.
 */
function randomInputs(signature, options = {}) {
    const { seed = 1, freeDimension = 1, integerLimit = 2 } = options;
    const inputs = new Map();
    for (const { name, dtype, shape, quantization } of signature.inputs) {
        const dims = (shape ?? []).map((dim) => dim ?? freeDimension);
        const next = generator(seed, name);
        const tensor = dtype === 'string'
            ? tensor_tensor/* Tensor */.q.fromStrings(dims, new Array((0,tensor_shape/* elementCount */.KX)(dims)).fill(new Uint8Array(0)))
            : tensor_tensor/* Tensor */.q.from(dtype, dims, fill(dtype, (0,tensor_shape/* elementCount */.KX)(dims), next, quantization ? undefined : integerLimit));
        inputs.set(name, tensor);
    }
    return inputs;
}
/** Uniform in [0, 1): mulberry32, seeded with the FNV-1a hash of the name. */
function generator(seed, name) {
    let state = (0x811c9dc5 ^ seed) >>> 0;
    for (const byte of new TextEncoder().encode(name))
        state = Math.imul(state ^ byte, 0x01000193) >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
}
/**
 * Near enough to N(0, 1): the sum of twelve uniform numbers. Not Box–Muller, because the last bits of logarithm and
 * cosine differ between machines.
 */
function normal(next) {
    let sum = -6;
    for (let i = 0; i < 12; i++)
        sum += next();
    return sum;
}
function fill(dtype, count, next, limit) {
    const data = (0,tensor_tensor/* allocate */.C)(dtype, count);
    const { kind, bytes } = tensor_dtype/* dtypes */.gZ[dtype];
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
        for (let i = 0; i < data.length; i++)
            data[i] = BigInt(Math.floor(next() * (limit ?? 2)));
    }
    else if (kind === 'bool') {
        for (let i = 0; i < data.length; i++)
            data[i] = next() < 0.5 ? 0 : 1;
    }
    else if (kind === 'float' && bytes === 2) {
        for (let i = 0; i < data.length; i++)
            data[i] = halfBits(normal(next), dtype === 'bfloat16');
    }
    else if (kind === 'float' || kind === 'complex') {
        for (let i = 0; i < data.length; i++)
            data[i] = normal(next);
    }
    else {
        // What does not fit a typed array wraps around: all of the type's values come up.
        for (let i = 0; i < data.length; i++)
            data[i] = Math.floor(next() * (limit ?? 2 ** (8 * data.BYTES_PER_ELEMENT)));
    }
    return data;
}
/** The 16 bits of a number of moderate size, cut off rather than rounded; below float16's normal range, zero. */
function halfBits(value, brain) {
    const bits = new Uint32Array(Float32Array.of(value).buffer)[0];
    if (brain)
        return bits >>> 16;
    const exponent = ((bits >>> 23) & 0xff) - 127 + 15;
    return ((bits >>> 16) & 0x8000) | (exponent <= 0 ? 0 : (exponent << 10) | ((bits >>> 13) & 0x3ff));
}

;// CONCATENATED MODULE: ./build/tensor/npy.js



/** A .npy or .npz file that cannot be read, or a tensor that these formats cannot hold; the message says why. */
class NpyError extends Error {
    constructor(message) {
        super(message);
        this.name = 'NpyError';
    }
}
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** NumPy's kind letter and item size; strings (S, U) are treated apart. */
const codes = {
    f4: 'float32',
    f8: 'float64',
    f2: 'float16',
    i1: 'int8',
    i2: 'int16',
    i4: 'int32',
    i8: 'int64',
    u1: 'uint8',
    u2: 'uint16',
    u4: 'uint32',
    u8: 'uint64',
    b1: 'bool',
    c8: 'complex64',
    c16: 'complex128',
};
const codeOf = new Map(Object.entries(codes).map(([code, dtype]) => [dtype, code]));
const utf8 = new TextEncoder();
const latin1 = new TextDecoder('latin1');
/**
 * Reads one array in NumPy's .npy format, versions 1 to 3. Elements of any of our dtypes that NumPy has are a view on
 * `bytes` where their order allows; Fortran order and big-endian elements are converted. `S` and `U` arrays become
 * string tensors (UTF-8; trailing NULs are padding, as in NumPy). Throws an NpyError that says what is wrong.
 * Format: numpy.lib.format.
 */
function readNpy(bytes) {
    const header = readHeader(bytes);
    const { shape } = header;
    const count = (0,tensor_shape/* elementCount */.KX)(shape);
    const match = /^([<>|=]?)([a-zA-Z])(\d*)$/.exec(header.descr);
    if (!match)
        throw new NpyError(`its element type ${header.descr} is not one a tensor can have (records are not)`);
    const [, order, kind, digits] = match;
    const swapped = order === '>';
    if (kind === 'S' || kind === 'U') {
        const width = Number(digits) * (kind === 'U' ? 4 : 1);
        const data = npy_elements(bytes, header.offset, width * count);
        const strings = kind === 'S' ? byteStrings(data, width, count) : unicodeStrings(data, width, count, swapped);
        return tensor_tensor/* Tensor */.q.fromStrings(shape, header.fortranOrder ? fromFortran(strings, shape, 1) : strings);
    }
    const dtype = codes[kind + digits];
    if (dtype === undefined)
        throw new NpyError(unsupportedType(header.descr, kind));
    let data = npy_elements(bytes, header.offset, (0,tensor_dtype/* byteLength */.dp)(dtype, count));
    if (swapped)
        data = swapBytes(data, dtype === 'complex64' ? 4 : dtype === 'complex128' ? 8 : (0,tensor_dtype/* byteLength */.dp)(dtype, 1));
    if (header.fortranOrder)
        data = fromFortran(data, shape, (0,tensor_dtype/* byteLength */.dp)(dtype, 1));
    return tensor_tensor/* Tensor */.q.fromBytes(dtype, shape, data);
}
/**
 * Writes a tensor in NumPy's .npy format (version 1, C order, little-endian), as `numpy.save` does. Strings become an
 * `S` array as wide as the longest. Throws an NpyError for what the format cannot hold: bfloat16, int4, and strings
 * that end in a NUL, which NumPy would strip.
 */
function writeNpy(tensor) {
    if (tensor.dtype === 'string')
        return writeStrings(tensor);
    const code = codeOf.get(tensor.dtype);
    if (code === undefined) {
        throw new NpyError(`NumPy's files have no element type for ${tensor.dtype}; cast it in the model, for example to float32`);
    }
    const header = encodeHeader(`${code.endsWith('1') && code.length === 2 ? '|' : '<'}${code}`, tensor.shape);
    const result = new Uint8Array(header.length + tensor.bytes.byteLength);
    result.set(header);
    result.set(tensor.bytes, header.length);
    return result;
}
function unsupportedType(descr, kind) {
    if (kind === 'O') {
        return 'it is an array of Python objects, which only Python can read; give it one element type before saving, for example `array.astype(numpy.float32)`, or `astype(bytes)` for text';
    }
    if (kind === 'V')
        return `its element type ${descr} is raw memory; save bfloat16 and other extensions as float32`;
    return `its element type ${descr} is not one a tensor can have`;
}
function readHeader(bytes) {
    if (bytes.length < 10 || MAGIC.some((byte, i) => bytes[i] !== byte))
        throw new NpyError('it is not a .npy array');
    const major = bytes[6];
    if (major < 1 || major > 3)
        throw new NpyError(`its format version ${major} is unknown`);
    const start = major === 1 ? 10 : 12;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < start)
        throw new NpyError('it ends inside its header');
    const offset = start + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
    if (offset > bytes.length)
        throw new NpyError('it ends inside its header');
    const text = latin1.decode(bytes.subarray(start, offset));
    const descr = /'descr':\s*('[^']*'|\[.*\])\s*[,}]/.exec(text)?.[1];
    const fortran = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
    const shape = /'shape':\s*\(([\d,\sL]*)\)/.exec(text)?.[1];
    if (descr === undefined || fortran === undefined || shape === undefined) {
        throw new NpyError(`its header cannot be read: ${text.trim().slice(0, 200)}`);
    }
    const dims = [...shape.matchAll(/\d+/g)].map(([digits]) => Number(digits));
    return {
        descr: descr.startsWith("'") ? descr.slice(1, -1) : descr,
        fortranOrder: fortran === 'True',
        shape: dims,
        offset,
    };
}
/** The array's bytes; what follows them belongs to something else, as in NumPy. */
function npy_elements(bytes, offset, length) {
    if (bytes.length - offset < length) {
        throw new NpyError(`it ends early: ${bytes.length - offset} bytes of elements, ${length} expected`);
    }
    // Not `subarray`: of a Node Buffer that is a Buffer, whose `slice` would not copy.
    return new Uint8Array(bytes.buffer, bytes.byteOffset + offset, length);
}
function swapBytes(bytes, width) {
    const result = bytes.slice();
    for (let start = 0; start < result.length; start += width)
        result.subarray(start, start + width).reverse();
    return result;
}
function byteStrings(data, width, count) {
    return Array.from({ length: count }, (_, i) => {
        let end = (i + 1) * width;
        while (end > i * width && data[end - 1] === 0)
            end--;
        return data.subarray(i * width, end);
    });
}
function unicodeStrings(data, width, count, swapped) {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    return Array.from({ length: count }, (_, i) => {
        const points = [];
        for (let at = i * width; at < (i + 1) * width; at += 4)
            points.push(view.getUint32(at, !swapped));
        while (points.at(-1) === 0)
            points.pop();
        if (points.some((point) => point > 0x10ffff))
            throw new NpyError('it holds text that is not Unicode');
        return utf8.encode(points.map((point) => String.fromCodePoint(point)).join(''));
    });
}
/** Column-major to row-major; `items` are `width` entries an element. */
function fromFortran(items, shape, width) {
    const count = (0,tensor_shape/* elementCount */.KX)(shape);
    const result = Array.isArray(items) ? new Array(count) : new Uint8Array(count * width);
    // Row-major strides of the reversed shape are the column-major strides of the shape, reversed.
    const strides = (0,tensor_shape/* stridesOf */.SG)([...shape].reverse()).reverse();
    const index = new Array(shape.length).fill(0);
    let from = 0;
    for (let to = 0; to < count; to++) {
        if (width === 1)
            result[to] = items[from];
        else
            for (let byte = 0; byte < width; byte++)
                result[to * width + byte] = items[from * width + byte];
        for (let axis = shape.length - 1; axis >= 0; axis--) {
            from += strides[axis];
            if (++index[axis] < shape[axis])
                break;
            from -= strides[axis] * shape[axis];
            index[axis] = 0;
        }
    }
    return result;
}
function writeStrings(tensor) {
    const { strings } = tensor;
    // NumPy has no strings of width 0.
    let width = 1;
    for (const string of strings) {
        if (string.at(-1) === 0) {
            throw new NpyError("it holds a string that ends in a NUL byte, which NumPy's files cannot keep");
        }
        width = Math.max(width, string.length);
    }
    const header = encodeHeader(`|S${width}`, tensor.shape);
    const result = new Uint8Array(header.length + width * strings.length);
    result.set(header);
    strings.forEach((string, i) => {
        result.set(string, header.length + i * width);
    });
    return result;
}
function encodeHeader(descr, shape) {
    const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
    const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${tuple}), }`;
    // Elements begin at a multiple of 64, and the header ends in a newline.
    const length = Math.ceil((10 + text.length + 1) / 64) * 64;
    const header = new Uint8Array(length).fill(0x20);
    header.set(MAGIC);
    header.set([1, 0, (length - 10) & 0xff, (length - 10) >> 8], 6);
    header.set(utf8.encode(text), 10);
    header[length - 1] = 0x0a;
    return header;
}

;// CONCATENATED MODULE: ./build/tensor/zip.js


const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
/** A field that zip64 keeps elsewhere. */
const ELSEWHERE = 0xffffffff;
const STORED = 0;
const DEFLATED = 8;
const UTF8_NAMES = 0x0800;
/** 1 January 1980, the earliest date: the same content gives the same file at any time. */
const DATE = 0x0021;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const crcTable = Uint32Array.from({ length: 256 }, (_, i) => {
    let value = i;
    for (let bit = 0; bit < 8; bit++)
        value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
});
/** Node has it since 20.15. */
function crc32(bytes) {
    if (external_node_zlib_.crc32 !== undefined)
        return external_node_zlib_.crc32(bytes);
    let crc = 0xffffffff;
    for (const byte of bytes)
        crc = (crc >>> 8) ^ crcTable[(crc ^ byte) & 0xff];
    return (crc ^ 0xffffffff) >>> 0;
}
/**
 * Reads a zip archive of stored or deflated files; stored ones are views on `bytes`. Checksums are verified. Throws an
 * NpyError for what is damaged, encrypted, or above 4 GB (zip64).
 */
function readZip(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const end = findEnd(view);
    const count = view.getUint16(end + 10, true);
    let at = view.getUint32(end + 16, true);
    if (count === 0xffff || at === ELSEWHERE)
        throw new NpyError('it is a zip64 archive; at most 4 GB can be read');
    const files = new Map();
    for (let i = 0; i < count; i++) {
        if (at + 46 > end || view.getUint32(at, true) !== CENTRAL)
            throw new NpyError('its zip directory is damaged');
        const nameLength = view.getUint16(at + 28, true);
        const name = decoder.decode(bytes.subarray(at + 46, at + 46 + nameLength));
        files.set(name, readEntry(bytes, view, at, name));
        at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    }
    return files;
}
/** Writes a zip archive of stored files in the map's order. The same content gives the same bytes on any machine. */
function writeZip(files) {
    const parts = [];
    const central = [];
    let offset = 0;
    for (const [name, content] of files) {
        const nameBytes = encoder.encode(name);
        // From the version on: all that the local and the central header share.
        const shared = new Uint8Array(26);
        const fields = new DataView(shared.buffer);
        fields.setUint16(0, 20, true);
        fields.setUint16(2, nameBytes.length === name.length ? 0 : UTF8_NAMES, true);
        fields.setUint16(4, STORED, true);
        fields.setUint16(8, DATE, true);
        fields.setUint32(10, crc32(content), true);
        fields.setUint32(14, content.length, true);
        fields.setUint32(18, content.length, true);
        fields.setUint16(22, nameBytes.length, true);
        const placed = new Uint8Array(14);
        new DataView(placed.buffer).setUint32(10, offset, true);
        parts.push(uint32(LOCAL), shared, nameBytes, content);
        central.push(uint32(CENTRAL), Uint8Array.of(20, 0), shared, placed, nameBytes);
        offset += 30 + nameBytes.length + content.length;
        if (offset >= ELSEWHERE)
            throw new NpyError('it would be above 4 GB, which needs the zip64 format');
    }
    const centralLength = central.reduce((sum, part) => sum + part.length, 0);
    const tail = new Uint8Array(22);
    const view = new DataView(tail.buffer);
    view.setUint32(0, END, true);
    view.setUint16(8, files.size, true);
    view.setUint16(10, files.size, true);
    view.setUint32(12, centralLength, true);
    view.setUint32(16, offset, true);
    return Buffer.concat([...parts, ...central, tail]);
}
function uint32(value) {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, true);
    return bytes;
}
/** The end record stands last, before a comment of at most 64 KB. */
function findEnd(view) {
    for (let at = view.byteLength - 22; at >= 0 && at >= view.byteLength - 22 - 0xffff; at--) {
        if (view.getUint32(at, true) === END)
            return at;
    }
    throw new NpyError('it is not a zip archive, or it ends early');
}
function readEntry(bytes, view, at, name) {
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const packed = view.getUint32(at + 20, true);
    const size = view.getUint32(at + 24, true);
    const local = view.getUint32(at + 42, true);
    if (flags & 1)
        throw new NpyError(`${name} is encrypted`);
    if (packed === ELSEWHERE || size === ELSEWHERE || local === ELSEWHERE) {
        throw new NpyError(`${name} is kept in the zip64 format; at most 4 GB can be read`);
    }
    if (local + 30 > bytes.length || view.getUint32(local, true) !== LOCAL)
        throw new NpyError(`${name} is damaged`);
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    if (start + packed > bytes.length)
        throw new NpyError(`${name} is damaged: it ends early`);
    const content = unpack(bytes.subarray(start, start + packed), method, size, name);
    if (content.length !== size || crc32(content) !== view.getUint32(at + 16, true)) {
        throw new NpyError(`${name} is damaged: its checksum is wrong`);
    }
    return content;
}
function unpack(content, method, size, name) {
    if (method === STORED)
        return content;
    if (method !== DEFLATED)
        throw new NpyError(`${name} is compressed by method ${method}; only deflate can be read`);
    try {
        // One byte more than stated: a longer stream then shows as a wrong size, and cannot fill the memory.
        return external_node_zlib_.inflateRawSync(content, { maxOutputLength: size + 1 });
    }
    catch (error) {
        throw new NpyError(`${name} is damaged: ${error.message}`);
    }
}

;// CONCATENATED MODULE: ./build/tensor/npz.js


const SUFFIX = '.npy';
/**
 * Reads all arrays of an .npz file, as `numpy.savez` and `numpy.savez_compressed` write it, by key in the file's order.
 * Throws an NpyError that names the key at fault.
 */
function readNpz(bytes) {
    const arrays = new Map();
    for (const [name, content] of readZip(bytes)) {
        if (!name.endsWith(SUFFIX))
            throw new NpyError(`it holds ${name}, which is not an array`);
        const key = name.slice(0, -SUFFIX.length);
        arrays.set(key, withKey(key, () => readNpy(content)));
    }
    return arrays;
}
/**
 * Writes arrays to an .npz file, as `numpy.savez` does, in the map's order and uncompressed: the same arrays give the
 * same bytes on any machine. Throws an NpyError that names the key of a tensor that NumPy's format cannot hold.
 */
function writeNpz(arrays) {
    const files = new Map();
    for (const [key, tensor] of arrays) {
        files.set(key + SUFFIX, withKey(key, () => writeNpy(tensor)));
    }
    return writeZip(files);
}
function withKey(key, action) {
    try {
        return action();
    }
    catch (error) {
        if (error instanceof NpyError)
            throw new NpyError(`array '${key}': ${error.message}`);
        throw error;
    }
}

;// CONCATENATED MODULE: ./build/run-model.js






/**
 * Runs a `.tflite` file once, on the arrays of an .npz file whose keys are the signature's input names. Throws a
 * DiagnosticError for files that cannot be read, inputs that do not fit, and models that do not run.
 */
async function runModel(model, inputs, options = {}) {
    const arrays = explainNpy(inputs, () => readNpz(read(inputs)));
    const { signature, timeLimitMs } = options;
    const interpreter = await openInterpreter(read(model), {
        file: model,
        ...(timeLimitMs === undefined ? {} : { timeLimitMs }),
    });
    try {
        const unused = unusedArrays(interpreter, arrays, signature);
        for (const name of unused)
            arrays.delete(name);
        const { outputs, milliseconds } = await interpreter.run(arrays, signature === undefined ? {} : { signature });
        return {
            npz: explainNpy('The outputs', () => writeNpz(outputs)),
            outputs: [...outputs].map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
            unused,
            milliseconds,
        };
    }
    finally {
        await interpreter.dispose();
    }
}
/** Where an input has no array, none counts as unused: it may be a misspelt name, which the error then shows. */
function unusedArrays(interpreter, arrays, key) {
    const { signatures } = interpreter;
    const chosen = signatures.find((signature) => signature.key === (key ?? 'serving_default'));
    const signature = chosen ?? (key === undefined && signatures.length === 1 ? signatures[0] : undefined);
    const names = signature?.inputs.map(({ name }) => name) ?? [];
    if (!signature || names.some((name) => !arrays.has(name)))
        return [];
    return [...arrays.keys()].filter((name) => !names.includes(name));
}
function read(path) {
    try {
        return (0,external_node_fs_.readFileSync)(path);
    }
    catch (error) {
        return (0,diagnostic/* fail */.fJ)('file-unreadable', {
            detail: `${path} cannot be read: ${error.message}.`,
            locations: [{ file: path }],
        });
    }
}
function explainNpy(subject, action) {
    try {
        return action();
    }
    catch (error) {
        if (!(error instanceof NpyError))
            throw error;
        return (0,diagnostic/* fail */.fJ)('invalid-data', { detail: `${subject}: ${error.message}.`, locations: [{ file: subject }] });
    }
}
/**
 * Runs every signature of a `.tflite` file on seeded random inputs, free dimensions being 1. Throws a DiagnosticError
 * where the model does not run; gives the float outputs that are NaN throughout.
 */
async function runOnSamples(model) {
    const interpreter = await openInterpreter(read(model), { file: model });
    try {
        const findings = [];
        for (const signature of interpreter.signatures) {
            const { outputs } = await interpreter.run(randomInputs(signature), { signature: signature.key });
            for (const [output, tensor] of outputs) {
                if (isAllNaN(tensor))
                    findings.push({ signature: signature.key, output });
            }
        }
        return findings;
    }
    finally {
        await interpreter.dispose();
    }
}
function isAllNaN(tensor) {
    if (tensor.dtype !== 'float32' || tensor.size === 0)
        return false;
    return tensor.data.every((value) => Number.isNaN(value));
}


/***/ })

};
