export const id = 720;
export const ids = [720];
export const modules = {

/***/ 2720:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   runRun: () => (/* binding */ runRun)
/* harmony export */ });
/* harmony import */ var _index_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6017);
/* harmony import */ var _format_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(8714);
/* harmony import */ var _parse_arguments_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6603);
/* harmony import */ var _write_file_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(3897);




/** Runs a model once on the arrays of an .npz file and writes the outputs to another. */
const runRun = async (args, { logger }) => {
    const [model = ''] = args.positionals;
    const inputs = required(args, 'inputs');
    const outputs = required(args, 'outputs');
    const timeLimitMs = parseTimeLimit(args.one('time-limit'));
    logger.progress(`Running ${model} …`);
    const run = await (0,_index_js__WEBPACK_IMPORTED_MODULE_0__/* .runModel */ .L4)(model, inputs, { signature: args.one('signature'), timeLimitMs });
    if (run.unused.length > 0)
        logger.note(`${inputs}: not an input, left out: ${run.unused.join(', ')}.`);
    (0,_write_file_js__WEBPACK_IMPORTED_MODULE_2__/* .writeWholeFile */ .R)(outputs, run.npz);
    const shapes = run.outputs.map(({ name, dtype, shape }) => `${name} ${dtype}[${shape.join(', ')}]`);
    logger.result(`${outputs}: ${(0,_format_js__WEBPACK_IMPORTED_MODULE_3__/* .plural */ .LS)(shapes.length, 'output')} in ${run.milliseconds.toFixed(1)} ms: ${shapes.join('; ')}`);
    return 0;
};
function required(args, name) {
    return args.one(name) ?? (0,_parse_arguments_js__WEBPACK_IMPORTED_MODULE_1__/* .wrongUsage */ .xY)('run', `--${name} FILE is missing.`);
}
function parseTimeLimit(text) {
    if (text === undefined)
        return undefined;
    const seconds = Number(text);
    if (seconds > 0 && Number.isFinite(seconds))
        return seconds * 1000;
    return (0,_parse_arguments_js__WEBPACK_IMPORTED_MODULE_1__/* .wrongUsage */ .xY)('run', `--time-limit ${text} is not a number of seconds.`);
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
