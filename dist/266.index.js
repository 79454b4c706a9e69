export const id = 266;
export const ids = [266];
export const modules = {

/***/ 5333:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   KR: () => (/* binding */ planJobs),
/* harmony export */   rL: () => (/* binding */ parseTags),
/* harmony export */   tV: () => (/* binding */ parseConvertOptions)
/* harmony export */ });
/* unused harmony exports parseInputShapes, nameOf */
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6760);
/* harmony import */ var _parse_arguments_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6603);


/** What the command line says about how to convert, the same for all models. */
function parseConvertOptions(args) {
    const signatures = args.all('signature');
    const tags = args.one('tags');
    const shapes = args.all('input-shape');
    const explain = args.one('explain');
    return {
        ...(tags === undefined ? {} : { tags: parseTags(tags) }),
        ...(signatures.length === 0 ? {} : { signatures }),
        ...(shapes.length === 0 ? {} : { inputShapes: parseInputShapes(shapes) }),
        ...(explain === undefined ? {} : { explain }),
    };
}
/** `serve,gpu`. */
function parseTags(text) {
    return text
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== '');
}
/** `image=1,224,224,3`; a dimension that stays free is `?` or -1; nothing behind `=` is a scalar. */
function parseInputShapes(texts) {
    const shapes = new Map();
    for (const text of texts) {
        const at = text.lastIndexOf('=');
        const name = text.slice(0, at);
        if (at < 1)
            (0,_parse_arguments_js__WEBPACK_IMPORTED_MODULE_1__/* .wrongUsage */ .xY)('convert', `--input-shape ${text} has no name: write NAME=DIM,…`);
        if (shapes.has(name))
            (0,_parse_arguments_js__WEBPACK_IMPORTED_MODULE_1__/* .wrongUsage */ .xY)('convert', `--input-shape is given twice for ${name}.`);
        const dims = text.slice(at + 1);
        shapes.set(name, dims === '' ? [] : dims.split(',').map((dim) => parseDim(dim.trim(), text)));
    }
    return Object.fromEntries(shapes);
}
function parseDim(dim, text) {
    if (dim === '?' || dim === '-1')
        return null;
    if (/^\d+$/.test(dim))
        return Number(dim);
    return (0,_parse_arguments_js__WEBPACK_IMPORTED_MODULE_1__/* .wrongUsage */ .xY)('convert', `--input-shape ${text}: "${dim}" is no dimension; give a number, or ? for a free one.`);
}
/** Where each SavedModel's file goes. Throws a DiagnosticError where nothing is to convert, or files would clash. */
function planJobs(args) {
    const directory = args.one('saved_model_dir');
    const inputs = [...args.positionals, ...(directory === undefined ? [] : [directory])];
    if (inputs.length === 0)
        (0,_parse_arguments_js__WEBPACK_IMPORTED_MODULE_1__/* .wrongUsage */ .xY)('convert', 'SAVED_MODEL is missing.');
    const outputs = outputsOf(inputs, args.one('output'), args.one('output-dir'));
    const dump = args.one('dump-passes');
    return inputs.map((input, i) => ({
        input,
        output: outputs[i],
        dumpPasses: dump === undefined || inputs.length === 1 ? dump : (0,node_path__WEBPACK_IMPORTED_MODULE_0__.join)(dump, nameOf(input)),
    }));
}
function outputsOf(inputs, file, folder) {
    if (file !== undefined && folder !== undefined) {
        (0,_parse_arguments_js__WEBPACK_IMPORTED_MODULE_1__/* .wrongUsage */ .xY)('convert', '--output and --output-dir exclude each other.');
    }
    if (file !== undefined) {
        if (inputs.length > 1)
            (0,_parse_arguments_js__WEBPACK_IMPORTED_MODULE_1__/* .wrongUsage */ .xY)('convert', '--output is for one SavedModel; give --output-dir for several.');
        return [file];
    }
    if (folder === undefined)
        return (0,_parse_arguments_js__WEBPACK_IMPORTED_MODULE_1__/* .wrongUsage */ .xY)('convert', 'Where to write is missing: --output FILE or --output-dir DIR.');
    refuseClashes(inputs);
    return inputs.map((input) => (0,node_path__WEBPACK_IMPORTED_MODULE_0__.join)(folder, `${nameOf(input)}.tflite`));
}
/** Letter case does not tell files apart on Windows and macOS. */
function refuseClashes(inputs) {
    const byName = new Map();
    for (const input of inputs) {
        const name = nameOf(input).toLowerCase();
        const other = byName.get(name);
        if (other !== undefined) {
            (0,_parse_arguments_js__WEBPACK_IMPORTED_MODULE_1__/* .wrongUsage */ .xY)('convert', `${other} and ${input} would both be written to ${nameOf(input)}.tflite.`, 'Convert them one by one with --output, or into different folders.');
        }
        byName.set(name, input);
    }
}
/** The folder's name; that of its parent where the folder has the name that exporters give to any model. */
function nameOf(savedModel) {
    const path = (0,node_path__WEBPACK_IMPORTED_MODULE_0__.resolve)(savedModel);
    const name = (0,node_path__WEBPACK_IMPORTED_MODULE_0__.basename)(path) === 'saved_model' ? (0,node_path__WEBPACK_IMPORTED_MODULE_0__.basename)((0,node_path__WEBPACK_IMPORTED_MODULE_0__.dirname)(path)) : (0,node_path__WEBPACK_IMPORTED_MODULE_0__.basename)(path);
    return name === '' ? 'model' : name;
}


/***/ }),

/***/ 7266:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  runInspect: () => (/* binding */ runInspect)
});

// EXTERNAL MODULE: ./build/index.js + 2 modules
var build = __webpack_require__(6017);
// EXTERNAL MODULE: ./build/cli/convert-options.js
var convert_options = __webpack_require__(5333);
// EXTERNAL MODULE: ./build/diagnostics/printable.js
var printable = __webpack_require__(8952);
// EXTERNAL MODULE: ./build/diagnostics/render-text.js + 1 modules
var render_text = __webpack_require__(5050);
// EXTERNAL MODULE: ./build/cli/format.js
var format = __webpack_require__(8714);
;// CONCATENATED MODULE: ./build/cli/inspection-text.js



/** What `inspect` writes without `--json`. */
function inspectionText(path, inspection) {
    return inspection.kind === 'tflite' ? tfliteText(path, inspection) : savedModelText(path, inspection);
}
function tfliteText(path, inspection) {
    const { bytes, weightBytes, signatures } = inspection;
    return [
        `${(0,printable/* printable */.g)(path)}: TFLite model, ${(0,format/* formatBytes */.z3)(bytes)} (${(0,format/* formatBytes */.z3)(weightBytes)} weights)`,
        ...signatures.flatMap(({ key, inputs, outputs }) => signatureLines(key, inputs.map(({ name, type, shape }) => tensorLine(name, type.toLowerCase(), shape.map(freeDim))), outputs.map(({ name, type, shape }) => tensorLine(name, type.toLowerCase(), shape.map(freeDim))))),
        ...modelLines(inspection),
        '',
    ].join('\n');
}
/** A .tflite file writes -1 for an unknown dimension. */
function freeDim(dim) {
    return dim < 0 ? null : dim;
}
function savedModelText(path, inspection) {
    const { tensorflowVersion, tags, signatures, operators, operatorCount, variables, variableBytes } = inspection;
    const written = tensorflowVersion === '' ? '' : `, written by TensorFlow ${(0,printable/* printable */.g)(tensorflowVersion)}`;
    return [
        `${(0,printable/* printable */.g)(path)}: SavedModel${written}, tags ${tags.map(printable/* printable */.g).join(', ') || 'none'}`,
        ...signatures.flatMap(({ key, inputs, outputs }) => signatureLines(key, inputs.map(({ name, dtype, shape }) => tensorLine(name, dtype, shape)), outputs.map(({ name, dtype, shape }) => tensorLine(name, dtype, shape)))),
        `variables: ${variables.length}, ${(0,format/* formatBytes */.z3)(variableBytes)}`,
        `TensorFlow ops: ${operatorCount}`,
        ...countLines(operators),
        ...conversionLines(inspection),
        '',
    ].join('\n');
}
function conversionLines({ converted, unsupported }) {
    if (!converted)
        return ['', (0,render_text/* renderText */.S)(unsupported).trimEnd()];
    return ['', `as TFLite model: ${(0,format/* formatBytes */.z3)(converted.weightBytes)} weights`, ...modelLines(converted)];
}
function modelLines({ operators, operatorCount, subgraphCount, tensorCount, macs }) {
    const graphs = subgraphCount > 1 ? ` in ${(0,format/* plural */.LS)(subgraphCount, 'subgraph')}` : '';
    return [
        `ops: ${operatorCount}${graphs}, ${(0,format/* plural */.LS)(tensorCount, 'tensor')}, ${(0,format/* formatCount */.B4)(macs.total)} MACs`,
        ...countLines(operators.map(({ name, version, custom, count }) => ({
            name: custom ? `${name} (custom)` : version > 1 ? `${name} v${version}` : name,
            count,
        }))),
    ];
}
function signatureLines(key, inputs, outputs) {
    return [
        `signature ${(0,printable/* printable */.g)(key)}`,
        ...inputs.map((line) => `  in   ${line}`),
        ...outputs.map((line) => `  out  ${line}`),
    ];
}
function tensorLine(name, type, shape) {
    return `${(0,printable/* printable */.g)(name)}: ${type}${shape === null ? ' of unknown rank' : `[${shape.map((dim) => dim ?? '?').join(', ')}]`}`;
}
function countLines(counts) {
    const width = Math.max(0, ...counts.map(({ count }) => String(count).length));
    return counts.map(({ name, count }) => `  ${String(count).padStart(width)}  ${(0,printable/* printable */.g)(name)}`);
}

;// CONCATENATED MODULE: ./build/cli/inspect.js



/** Shows what is in a SavedModel or a .tflite file. */
const runInspect = async (args, { logger }) => {
    const [path = ''] = args.positionals;
    const tags = args.one('tags');
    logger.progress(`Reading ${path} …`);
    const inspection = await (0,build/* inspect */.Nn)(path, tags === undefined ? {} : { tags: (0,convert_options/* parseTags */.rL)(tags) });
    logger.output(args.has('json') ? JSON.stringify({ path, ...inspection }, undefined, 2) : inspectionText(path, inspection));
    return 0;
};


/***/ })

};
