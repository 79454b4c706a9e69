export const id = 836;
export const ids = [836];
export const modules = {

/***/ 4836:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   inspect: () => (/* binding */ inspect)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(73024);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(76760);
/* harmony import */ var _diagnostics_diagnostic_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(34128);
/* harmony import */ var _ir_constant_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(84656);
/* harmony import */ var _saved_model_saved_model_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(72162);
/* harmony import */ var _saved_model_signatures_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(39015);
/* harmony import */ var _tensor_dtype_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(98324);
/* harmony import */ var _tensor_shape_js__WEBPACK_IMPORTED_MODULE_13__ = __webpack_require__(10789);
/* harmony import */ var _tensorflow_import_import_saved_model_js__WEBPACK_IMPORTED_MODULE_7__ = __webpack_require__(18644);
/* harmony import */ var _tensorflow_ops_index_js__WEBPACK_IMPORTED_MODULE_8__ = __webpack_require__(25256);
/* harmony import */ var _tflite_file_read_model_js__WEBPACK_IMPORTED_MODULE_9__ = __webpack_require__(80821);
/* harmony import */ var _tflite_file_write_model_js__WEBPACK_IMPORTED_MODULE_10__ = __webpack_require__(53509);
/* harmony import */ var _tflite_inspect_inspect_model_js__WEBPACK_IMPORTED_MODULE_11__ = __webpack_require__(74446);
/* harmony import */ var _engines_native_js__WEBPACK_IMPORTED_MODULE_12__ = __webpack_require__(1612);














/** Tells what is in a SavedModel's folder or a `.tflite` file. Throws a DiagnosticError where it cannot be read. */
function inspect(path, options = {}) {
    const stats = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.statSync)(path, { throwIfNoEntry: false });
    if (stats?.isFile() && (0,node_path__WEBPACK_IMPORTED_MODULE_1__.basename)(path) !== 'saved_model.pb') {
        return { kind: 'tflite', bytes: stats.size, ...(0,_tflite_inspect_inspect_model_js__WEBPACK_IMPORTED_MODULE_11__/* .inspectModel */ .K)((0,_tflite_file_read_model_js__WEBPACK_IMPORTED_MODULE_9__/* .readModelFile */ .G)(path)) };
    }
    return inspectSavedModel(stats?.isFile() ? (0,node_path__WEBPACK_IMPORTED_MODULE_1__.dirname)(path) : path, options);
}
function inspectSavedModel(path, { tags }) {
    const model = (0,_saved_model_saved_model_js__WEBPACK_IMPORTED_MODULE_4__/* .openSavedModel */ .Z)(path, tags ? { tags } : {});
    const variables = variablesOf(model);
    const operators = operatorsOf(model);
    return {
        kind: 'saved-model',
        tensorflowVersion: model.tensorflowVersion,
        tags: model.tags,
        signatures: [...model.signatures.values()].map(({ key, inputs, outputs }) => ({
            key,
            inputs: inputs.map(tensorOf),
            outputs: outputs.map(tensorOf),
        })),
        operators,
        operatorCount: operators.reduce((sum, { count }) => sum + count, 0),
        variables,
        variableBytes: variables.reduce((sum, { bytes }) => sum + bytes, 0),
        ...convertibility(path, tags),
    };
}
function tensorOf({ name, dtype, shape }) {
    return { name, dtype, shape };
}
function operatorsOf(model) {
    const counts = new Map();
    for (const op of (0,_tensorflow_import_import_saved_model_js__WEBPACK_IMPORTED_MODULE_7__/* .importSavedModel */ ._)(model, (0,_saved_model_signatures_js__WEBPACK_IMPORTED_MODULE_5__/* .selectSignatures */ .g)(model), _tensorflow_ops_index_js__WEBPACK_IMPORTED_MODULE_8__/* .tfOpByName */ .mv_).ops()) {
        if (op.is(_ir_constant_js__WEBPACK_IMPORTED_MODULE_3__/* .Const */ .Q))
            continue;
        const name = op.name.replace(/^tf\./, '');
        counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return [...counts]
        .map(([name, count]) => ({ name, count }))
        .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}
const VARIABLE_OPS = new Set(['VarHandleOp', 'Variable', 'VariableV2']);
function variablesOf(model) {
    const nodes = model.graph.nodes.filter(({ op }) => VARIABLE_OPS.has(op));
    const keys = new Set(nodes.flatMap(({ name }) => model.variableBindings.get(name)?.key ?? []));
    return [...keys].sort().flatMap((key) => {
        const entry = model.variables.entry(key);
        if (!entry)
            return [];
        const { dtype, shape } = entry;
        return [{ name: key, dtype, shape, bytes: (0,_tensor_dtype_js__WEBPACK_IMPORTED_MODULE_6__/* .byteLength */ .dp)(dtype, (0,_tensor_shape_js__WEBPACK_IMPORTED_MODULE_13__/* .elementCount */ .KX)(shape)) }];
    });
}
/** Whether a model can be converted shows when it is. */
function convertibility(path, tags) {
    try {
        const { model } = _engines_native_js__WEBPACK_IMPORTED_MODULE_12__/* .nativeEngine */ .g.convert(path, { tags });
        return { unsupported: [], converted: (0,_tflite_inspect_inspect_model_js__WEBPACK_IMPORTED_MODULE_11__/* .inspectModel */ .K)((0,_tflite_file_read_model_js__WEBPACK_IMPORTED_MODULE_9__/* .parseModel */ .X)((0,_tflite_file_write_model_js__WEBPACK_IMPORTED_MODULE_10__/* .serializeModel */ .k)(model))) };
    }
    catch (error) {
        if (error instanceof _diagnostics_diagnostic_js__WEBPACK_IMPORTED_MODULE_2__/* .DiagnosticError */ .uo && error.diagnostics.every((found) => (0,_diagnostics_diagnostic_js__WEBPACK_IMPORTED_MODULE_2__/* .kindOf */ .I)(found) === 'unsupported')) {
            return { unsupported: error.diagnostics };
        }
        throw error;
    }
}


/***/ })

};
