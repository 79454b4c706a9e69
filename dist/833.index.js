export const id = 833;
export const ids = [833];
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

/***/ 7833:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  runConvert: () => (/* binding */ runConvert)
});

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./build/diagnostics/exit-code.js
var exit_code = __webpack_require__(1329);
// EXTERNAL MODULE: ./build/diagnostics/render-location.js
var render_location = __webpack_require__(7823);
// EXTERNAL MODULE: ./build/diagnostics/spelling.js
var spelling = __webpack_require__(4289);
// EXTERNAL MODULE: ./build/index.js + 2 modules
var build = __webpack_require__(6017);
// EXTERNAL MODULE: ./build/cli/convert-options.js
var convert_options = __webpack_require__(5333);
// EXTERNAL MODULE: ./build/cli/format.js
var format = __webpack_require__(8714);
// EXTERNAL MODULE: ./build/cli/parse-arguments.js
var parse_arguments = __webpack_require__(6603);
// EXTERNAL MODULE: ./build/version.js
var version = __webpack_require__(8508);
;// CONCATENATED MODULE: ./build/cli/report.js

const STATUS = {
    1: 'unsupported',
    2: 'invalid-input',
    3: 'internal-error',
};
/** The content of `--report`. */
function reportText(models, exitCode) {
    return `${JSON.stringify({ tool: { name: 'tflite-gate', version: version/* version */.r }, exitCode, models }, undefined, 2)}\n`;
}

// EXTERNAL MODULE: ./build/cli/write-file.js
var write_file = __webpack_require__(3897);
;// CONCATENATED MODULE: ./build/cli/convert.js












/** Converts all models, also behind one that fails; the exit code is the gravest of theirs. */
const runConvert = async (args, context) => {
    const jobs = (0,convert_options/* planJobs */.KR)(args);
    const options = { ...(0,convert_options/* parseConvertOptions */.tV)(args), command: context.commandLine };
    const reportFile = args.one('report');
    // Only reports need hashes, and loading what computes them takes time.
    const hash = reportFile === undefined ? undefined : (await __webpack_require__.e(/* import() */ 326).then(__webpack_require__.bind(__webpack_require__, 5326))).sha256Of;
    const reports = [];
    let worst = 0;
    for (const [i, job] of jobs.entries()) {
        const count = jobs.length > 1 ? `[${i + 1}/${jobs.length}] ` : '';
        context.logger.progress(`${count}Converting ${job.input} …`);
        const [exitCode, report] = convertOne(job, options, context, hash);
        if (exitCode > worst)
            worst = exitCode;
        reports.push(report);
    }
    if (reportFile !== undefined)
        (0,write_file/* writeWholeFile */.R)(reportFile, reportText(reports, worst));
    return worst;
};
function convertOne(job, options, { logger }, hash) {
    const start = performance.now();
    try {
        const result = (0,build/* convert */.C6)(job.input, { ...options, dumpPasses: job.dumpPasses });
        if (options.explain !== undefined)
            explain(options.explain, result, logger);
        (0,write_file/* makeFolder */.f)((0,external_node_path_.dirname)(job.output));
        const { operators, operatorCount, weightBytes, macs } = (0,build/* writeModel */.Bq)(result.model, job.output);
        const durationMs = performance.now() - start;
        const bytes = (0,external_node_fs_.statSync)(job.output).size;
        logger.diagnostics(result.diagnostics);
        const sizes = [(0,format/* formatBytes */.z3)(bytes), (0,format/* plural */.LS)(operatorCount, 'op'), (0,format/* formatSeconds */.Xo)(durationMs)];
        logger.result(`${job.output}: ${sizes.join(', ')}`);
        const { timings, explanations, diagnostics } = result;
        const report = {
            input: job.input,
            status: 'converted',
            output: job.output,
            bytes,
            ...(hash ? { sha256: hash(job.output) } : {}),
            operatorCount,
            operators,
            macs: macs.total,
            weightBytes,
            timings,
            explanations,
            diagnostics,
            durationMs,
        };
        return [0, report];
    }
    catch (error) {
        const exitCode = (0,exit_code/* exitCodeOf */.F)(error);
        const diagnostics = (0,exit_code/* diagnosticsOf */.o)(error);
        logger.diagnostics(diagnostics);
        logger.failure(`${job.input} is not converted.`);
        if (exitCode === 3)
            leaveDump(job, options, logger);
        const durationMs = performance.now() - start;
        return [exitCode, { input: job.input, status: STATUS[exitCode], diagnostics, durationMs }];
    }
}
/** Conversion is deterministic: done again with a dump, it leaves what is needed to look into a defect. */
function leaveDump(job, options, logger) {
    const folder = job.dumpPasses ?? (0,external_node_fs_.mkdtempSync)((0,external_node_path_.join)((0,external_node_os_.tmpdir)(), 'tflite-gate-'));
    if (job.dumpPasses === undefined) {
        try {
            (0,build/* convert */.C6)(job.input, { ...options, dumpPasses: folder });
        }
        catch {
            // The error that has been reported already.
        }
    }
    if ((0,external_node_fs_.existsSync)((0,external_node_path_.join)(folder, 'failure.txt'))) {
        logger.failure(`The graph before the pass that failed, and the command that repeats it, are in ${folder}.`);
    }
    else if (job.dumpPasses === undefined) {
        (0,external_node_fs_.rmSync)(folder, { recursive: true, force: true });
    }
}
/** Writes why the pass left ops alone. Fails, before anything is written, where there is no such pass. */
function explain(pass, { timings, explanations }, logger) {
    const names = new Set(timings.map(({ name }) => name));
    if (!names.has(pass)) {
        const close = (0,spelling/* closestSpelling */.y)(pass, names);
        const suggestion = close === undefined ? `The passes are: ${[...names].join(', ')}.` : `Did you mean \`${close}\`?`;
        (0,parse_arguments/* wrongUsage */.xY)('convert', `--explain ${pass}: there is no such pass.`, suggestion);
    }
    if (explanations.length === 0)
        logger.result(`${pass} left nothing alone for which it gives a reason.`);
    for (const { op, location, reason, count } of explanations) {
        const times = count > 1 ? ` (${count} times)` : '';
        logger.result([`${op}: ${reason}${times}`, (0,render_location/* renderLocation */.C)(location)].filter((part) => part !== '').join(', at '));
    }
}


/***/ }),

/***/ 3897:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   R: () => (/* binding */ writeWholeFile),
/* harmony export */   f: () => (/* binding */ makeFolder)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3024);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);
/* harmony import */ var _diagnostics_diagnostic_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(4128);



/**
 * Writes a file beside `path` and renames it, so that a file of that name is always whole; its folder is made where it
 * does not exist. Throws a DiagnosticError, `file-unreadable`, where the operating system refuses.
 */
function writeWholeFile(path, content) {
    const temporary = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.dirname)(path), `.${(0,node_path__WEBPACK_IMPORTED_MODULE_1__.basename)(path)}.${process.pid}.tmp`);
    try {
        (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.mkdirSync)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.dirname)(path), { recursive: true });
        (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.writeFileSync)(temporary, content);
        (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.renameSync)(temporary, path);
    }
    catch (error) {
        if ((0,node_fs__WEBPACK_IMPORTED_MODULE_0__.existsSync)(temporary))
            (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.rmSync)(temporary);
        (0,_diagnostics_diagnostic_js__WEBPACK_IMPORTED_MODULE_2__/* .fail */ .fJ)('file-unreadable', {
            detail: `${path} cannot be written: ${error.message}.`,
            locations: [{ file: path }],
        });
    }
}
/** Makes a folder and those above it. Throws a DiagnosticError, `file-unreadable`. */
function makeFolder(path) {
    try {
        (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.mkdirSync)(path, { recursive: true });
    }
    catch (error) {
        (0,_diagnostics_diagnostic_js__WEBPACK_IMPORTED_MODULE_2__/* .fail */ .fJ)('file-unreadable', {
            detail: `The folder ${path} cannot be made: ${error.message}.`,
            locations: [{ file: path }],
        });
    }
}


/***/ })

};
