export const id = 356;
export const ids = [356];
export const modules = {

/***/ 4356:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  main: () => (/* binding */ main)
});

// EXTERNAL MODULE: ./build/diagnostics/diagnostic.js + 1 modules
var diagnostic = __webpack_require__(4128);
// EXTERNAL MODULE: ./build/diagnostics/exit-code.js
var exit_code = __webpack_require__(1329);
// EXTERNAL MODULE: ./build/diagnostics/spelling.js
var spelling = __webpack_require__(4289);
// EXTERNAL MODULE: ./build/version.js
var version = __webpack_require__(8508);
;// CONCATENATED MODULE: ./build/cli/command-line.js
/** The command line in a form that can be given to a POSIX shell. */
function commandLineOf(argv) {
    return ['tflite-gate', ...argv].map(quoted).join(' ');
}
function quoted(arg) {
    return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`;
}

;// CONCATENATED MODULE: ./build/cli/commands.js
/** Options of every command. */
const commonOptions = [
    { name: 'quiet', short: 'q', summary: 'Write errors only.' },
    { name: 'help', short: 'h', summary: 'Show this help.' },
];
const convert = {
    name: 'convert',
    summary: 'Convert SavedModels to .tflite files.',
    positionals: [
        { name: 'SAVED_MODEL', repeated: true, optional: true, summary: 'Folder that holds `saved_model.pb`.' },
    ],
    options: [
        {
            name: 'output',
            short: 'o',
            aliases: ['output_file'],
            argument: 'FILE',
            summary: 'The .tflite file to write, for one SavedModel.',
        },
        {
            name: 'output-dir',
            argument: 'DIR',
            summary: 'Folder for the .tflite files, each named after its SavedModel. It is made if it does not exist.',
        },
        {
            name: 'signature',
            aliases: ['saved_model_signature_key'],
            argument: 'KEY',
            repeated: true,
            summary: 'A signature to convert. Default: all that are meant to be called.',
        },
        {
            name: 'tags',
            aliases: ['saved_model_tag_set'],
            argument: 'TAG,…',
            summary: 'Tags of the graph to convert. Default: the only one, or `serve`.',
        },
        {
            name: 'input-shape',
            argument: 'NAME=DIM,…',
            repeated: true,
            summary: 'Shape of an input, by its name in the signature; `?` for a dimension that stays free.',
        },
        {
            name: 'report',
            argument: 'FILE',
            summary: 'Write what was done as JSON: sizes, checksums, op counts, times, diagnostics.',
        },
        {
            name: 'dump-passes',
            argument: 'DIR',
            summary: 'Write the graph as text after each pass that changed it, and an index with times.',
        },
        { name: 'explain', argument: 'PASS', summary: 'Tell why a pass left ops alone.' },
        {
            name: 'saved_model_dir',
            argument: 'DIR',
            summary: "The SavedModel, in tflite_convert's spelling.",
        },
    ],
    examples: [
        { line: 'tflite-gate convert saved_model --output model.tflite', does: 'convert one model' },
        { line: 'tflite-gate convert models/* --output-dir out --report report.json', does: 'convert several' },
        {
            line: 'tflite-gate convert saved_model -o model.tflite --input-shape image=1,224,224,3',
            does: 'fix the shape of an input',
        },
    ],
    load: async () => (await Promise.all(/* import() */[__webpack_require__.e(467), __webpack_require__.e(714), __webpack_require__.e(833)]).then(__webpack_require__.bind(__webpack_require__, 7833))).runConvert,
};
const run = {
    name: 'run',
    summary: 'Run a .tflite file once in LiteRT.',
    positionals: [{ name: 'MODEL', summary: 'The .tflite file.' }],
    options: [
        { name: 'inputs', argument: 'FILE', summary: 'An .npz file whose keys are the input names of the signature.' },
        { name: 'outputs', argument: 'FILE', summary: 'The .npz file to write, with a key for each output.' },
        {
            name: 'signature',
            argument: 'KEY',
            summary: 'The signature to run. Default: the only one, or `serving_default`.',
        },
        { name: 'time-limit', argument: 'SECONDS', summary: 'Give up after this time. Default: 600.' },
    ],
    examples: [{ line: 'tflite-gate run model.tflite --inputs in.npz --outputs out.npz', does: 'run a model' }],
    load: async () => (await Promise.all(/* import() */[__webpack_require__.e(467), __webpack_require__.e(714), __webpack_require__.e(720)]).then(__webpack_require__.bind(__webpack_require__, 2720))).runRun,
};
const inspect = {
    name: 'inspect',
    summary: 'Show signatures, ops, sizes and what is unsupported.',
    positionals: [{ name: 'MODEL', summary: "A SavedModel's folder or a .tflite file." }],
    options: [
        { name: 'json', summary: 'Write JSON, with all tensors.' },
        {
            name: 'tags',
            argument: 'TAG,…',
            summary: 'Tags of the graph of a SavedModel. Default: the only one, or `serve`.',
        },
    ],
    examples: [
        { line: 'tflite-gate inspect saved_model', does: 'see whether a model can be converted' },
        { line: 'tflite-gate inspect model.tflite --json', does: 'get everything, for a script' },
    ],
    load: async () => (await Promise.all(/* import() */[__webpack_require__.e(467), __webpack_require__.e(714), __webpack_require__.e(266)]).then(__webpack_require__.bind(__webpack_require__, 7266))).runInspect,
};
/** All commands, in the order of the help. */
const commands = [convert, run, inspect];

;// CONCATENATED MODULE: ./build/cli/help.js

const WIDTH = 100;
/** The text of `tflite-gate --help`. */
function generalHelp() {
    const rows = commands.map(({ name, summary }) => [name, summary]);
    return [
        'Converts TensorFlow SavedModels to .tflite files, without Python.',
        '',
        'Usage: tflite-gate COMMAND …',
        '',
        'Commands:',
        ...table(rows),
        '',
        'Options:',
        ...table([
            ['-h, --help', 'Show this help, or that of a command: `tflite-gate COMMAND --help`.'],
            ['--version', 'Show the version.'],
        ]),
        '',
        'Exit codes: 0 done, 1 the model cannot pass, 2 wrong usage or input, 3 internal error.',
        '',
    ].join('\n');
}
/** The text of `tflite-gate COMMAND --help`. */
function commandHelp(command) {
    return [
        command.summary,
        '',
        `Usage: ${usageOf(command)}`,
        '',
        'Arguments:',
        ...table(command.positionals.map(({ name, summary }) => [name, summary])),
        '',
        'Options:',
        ...table([...command.options, ...commonOptions].map((option) => [help_spelling(option), option.summary])),
        '',
        'Examples:',
        ...command.examples.flatMap(({ line, does }) => [`  # ${does}`, `  ${line}`]),
        '',
    ].join('\n');
}
/** One line: `tflite-gate run MODEL [options]`. */
function usageOf({ name, positionals }) {
    const places = positionals.map(({ name: place, repeated }) => (repeated ? `${place}…` : place));
    return ['tflite-gate', name, ...places, '[options]'].join(' ');
}
/** `-o, --output FILE (also --output_file)`. */
function help_spelling({ name, short, aliases = [], argument }) {
    const own = `${short === undefined ? '' : `-${short}, `}--${name}${argument === undefined ? '' : ` ${argument}`}`;
    return aliases.length === 0 ? own : `${own} (also ${aliases.map((alias) => `--${alias}`).join(', ')})`;
}
/** Terms in a column, texts beside them; under them where the term is long. */
function table(rows) {
    const column = Math.min(24, Math.max(...rows.map(([term]) => term.length)));
    return rows.flatMap(([term, text]) => {
        const lines = wrap(text, WIDTH - column - 4);
        const beside = term.length <= column;
        const indented = lines.map((line) => `${' '.repeat(column + 4)}${line}`);
        if (!beside)
            return [`  ${term}`, ...indented];
        return [`  ${term.padEnd(column)}  ${lines[0] ?? ''}`, ...indented.slice(1)];
    });
}
function wrap(text, width) {
    const lines = [];
    let line = '';
    for (const word of text.split(' ')) {
        if (line !== '' && line.length + 1 + word.length > width) {
            lines.push(line);
            line = word;
        }
        else {
            line += line === '' ? word : ` ${word}`;
        }
    }
    return [...lines, line];
}

// EXTERNAL MODULE: ./build/cli/parse-arguments.js
var parse_arguments = __webpack_require__(6603);
// EXTERNAL MODULE: ./build/diagnostics/printable.js
var printable = __webpack_require__(8952);
// EXTERNAL MODULE: ./build/diagnostics/render-text.js + 1 modules
var render_text = __webpack_require__(5050);
;// CONCATENATED MODULE: ./build/cli/streams.js
/** Colours are for terminals only, and not where https://no-color.org or a terminal without them asks for none. */
function usesColor(stream, env) {
    return stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}

;// CONCATENATED MODULE: ./build/cli/terminal-logger.js



const ERASE_LINE = '\r\u001b[K';
/**
 * Results go to standard output, all else to standard error. On a terminal, progress is one line that is written over;
 * elsewhere it is plain lines, and only those that `quiet` leaves.
 */
class TerminalLogger {
    #streams;
    #quiet;
    #progressShown = false;
    constructor(streams, quiet) {
        this.#streams = streams;
        this.#quiet = quiet;
    }
    /** What the command was asked for; also when quiet. */
    output(text) {
        this.#clear();
        this.#streams.out.write(text.endsWith('\n') ? text : `${text}\n`);
    }
    /** A line that sums up what was done. */
    result(line) {
        if (!this.#quiet)
            this.output((0,printable/* printable */.g)(line));
    }
    /** What goes on; shown on terminals until something else is written. */
    progress(line) {
        if (this.#quiet || !this.#streams.err.isTTY)
            return;
        this.#clear();
        this.#streams.err.write((0,printable/* printable */.g)(line));
        this.#progressShown = true;
    }
    /** A line that must not be missed: what went wrong. */
    failure(line) {
        this.#clear();
        this.#streams.err.write(`${(0,printable/* printable */.g)(line)}\n`);
    }
    /** A remark that needs no answer. */
    note(line) {
        if (!this.#quiet)
            this.failure(line);
    }
    /** Errors always; warnings and notices unless quiet. */
    diagnostics(diagnostics) {
        const shown = this.#quiet ? diagnostics.filter(({ severity }) => severity === 'error') : diagnostics;
        if (shown.length === 0)
            return;
        this.#clear();
        this.#streams.err.write((0,render_text/* renderText */.S)(shown, { color: usesColor(this.#streams.err, this.#streams.env) }));
    }
    /** Leaves no unfinished line behind. */
    close() {
        this.#clear();
    }
    #clear() {
        if (!this.#progressShown)
            return;
        this.#streams.err.write(ERASE_LINE);
        this.#progressShown = false;
    }
}

;// CONCATENATED MODULE: ./build/cli/main.js









/** Runs a command line (without `node` and the script) and gives the exit code. Never throws. */
async function main(argv, streams) {
    try {
        return await dispatch(argv, streams);
    }
    catch (error) {
        new TerminalLogger(streams, false).diagnostics((0,exit_code/* diagnosticsOf */.o)(error));
        return (0,exit_code/* exitCodeOf */.F)(error);
    }
}
async function dispatch(argv, streams) {
    const [first, ...rest] = argv;
    if (first === undefined) {
        streams.err.write(generalHelp());
        return 2;
    }
    if (first === '--help' || first === '-h' || first === 'help') {
        streams.out.write(rest[0] === undefined ? generalHelp() : commandHelp(commandNamed(rest[0])));
        return 0;
    }
    if (first === '--version') {
        streams.out.write(`${version/* version */.r}\n`);
        return 0;
    }
    // tflite_convert's command lines have no command.
    if (first.startsWith('--') && argv.some((arg) => /^--saved_model_dir(?:=|$)/.test(arg))) {
        return runCommand(commandNamed('convert'), argv, streams);
    }
    return runCommand(commandNamed(first), rest, streams);
}
async function runCommand(command, argv, streams) {
    const args = (0,parse_arguments/* parseArguments */.We)(command, commonOptions, argv);
    if (args.has('help')) {
        streams.out.write(commandHelp(command));
        return 0;
    }
    const logger = new TerminalLogger(streams, args.has('quiet'));
    try {
        const runner = await command.load();
        return await runner(args, { logger, commandLine: commandLineOf([command.name, ...argv]) });
    }
    finally {
        logger.close();
    }
}
function commandNamed(name) {
    const command = commands.find((candidate) => candidate.name === name);
    if (command)
        return command;
    const names = commands.map((candidate) => candidate.name);
    const close = (0,spelling/* closestSpelling */.y)(name, names);
    return (0,diagnostic/* fail */.fJ)('invalid-option', {
        detail: `There is no command ${name}.`,
        help: [close === undefined ? `The commands are: ${names.join(', ')}.` : `Did you mean \`${close}\`?`],
    });
}


/***/ }),

/***/ 6603:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   We: () => (/* binding */ parseArguments),
/* harmony export */   xY: () => (/* binding */ wrongUsage)
/* harmony export */ });
/* unused harmony export Arguments */
/* harmony import */ var node_util__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7975);
/* harmony import */ var _diagnostics_diagnostic_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(4128);
/* harmony import */ var _diagnostics_spelling_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(4289);



/** What stands on a command line behind the command's name. */
class Arguments {
    positionals;
    #values;
    constructor(positionals, values) {
        this.positionals = positionals;
        this.#values = values;
    }
    /** Whether a switch is on. */
    has(name) {
        return this.#values.has(name);
    }
    /** The value of an option; undefined where it is not given. */
    one(name) {
        return this.#values.get(name)?.[0];
    }
    /** All values of an option that may be repeated. */
    all(name) {
        return this.#values.get(name) ?? [];
    }
}
/** Throws a DiagnosticError, `invalid-option`, with where to find help. */
function wrongUsage(command, detail, ...help) {
    return (0,_diagnostics_diagnostic_js__WEBPACK_IMPORTED_MODULE_1__/* .fail */ .fJ)('invalid-option', { detail, help: [...help, `See \`tflite-gate ${command} --help\`.`] });
}
/**
 * Reads arguments by a command's options: `--name value`, `--name=value`, `-n value`; everything behind `--` is
 * positional. Throws a DiagnosticError for options that do not exist, lack their value or are given twice, and for a
 * wrong number of positionals. `common` are options of every command.
 */
function parseArguments(command, common, args) {
    const options = [...command.options, ...common];
    const byName = new Map(options.flatMap((option) => [option.name, ...(option.aliases ?? [])].map((name) => [name, option])));
    const { tokens, positionals } = (0,node_util__WEBPACK_IMPORTED_MODULE_0__.parseArgs)({
        args: [...args],
        options: Object.fromEntries([...byName].map(([name, option]) => [name, parserOption(name, option)])),
        strict: false,
        allowPositionals: true,
        tokens: true,
    });
    const values = new Map();
    for (const token of tokens) {
        if (token.kind !== 'option')
            continue;
        const option = byName.get(token.name) ?? unknownOption(command, token.rawName, [...byName.keys()]);
        const value = optionValue(command, option, token);
        const given = values.get(option.name);
        if (given && option.argument !== undefined && !option.repeated) {
            wrongUsage(command.name, `--${option.name} is given twice.`);
        }
        values.set(option.name, [...(given ?? []), value]);
    }
    if (!values.has('help'))
        checkPositionals(command, positionals);
    return new Arguments(positionals, values);
}
function parserOption(name, option) {
    return {
        type: option.argument === undefined ? 'boolean' : 'string',
        ...(name === option.name && option.short !== undefined ? { short: option.short } : {}),
        multiple: true,
    };
}
function unknownOption(command, rawName, names) {
    const close = (0,_diagnostics_spelling_js__WEBPACK_IMPORTED_MODULE_2__/* .closestSpelling */ .y)(rawName.replace(/^-+/, ''), names);
    const suggestion = close === undefined ? [] : [`Did you mean \`--${close}\`?`];
    return wrongUsage(command.name, `There is no option ${rawName}.`, ...suggestion);
}
function optionValue(command, option, { rawName, value, inlineValue }) {
    if (option.argument === undefined) {
        if (value !== undefined)
            wrongUsage(command.name, `${rawName} takes no value.`);
        return '';
    }
    // A value that looks like an option is one: its own value was forgotten. `--name=-x` says that it is meant.
    if (value === undefined || value === '' || (!inlineValue && /^-./.test(value))) {
        return wrongUsage(command.name, `${rawName} needs a value: ${rawName} ${option.argument}.`);
    }
    return value;
}
function checkPositionals(command, given) {
    const required = command.positionals.filter(({ optional }) => !optional);
    const missing = required[given.length];
    if (missing)
        wrongUsage(command.name, `${missing.name} is missing.`);
    const endless = command.positionals.some(({ repeated }) => repeated);
    const extra = given[command.positionals.length];
    if (!endless && extra !== undefined)
        wrongUsage(command.name, `There is one argument too many: ${extra}.`);
}


/***/ }),

/***/ 4128:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  gR: () => (/* binding */ Collector),
  uo: () => (/* binding */ DiagnosticError),
  YK: () => (/* binding */ diagnostic),
  fJ: () => (/* binding */ fail),
  I: () => (/* binding */ kindOf)
});

;// CONCATENATED MODULE: ./build/diagnostics/catalogue.js
/** All codes. They are permanent: a code is never renamed or given another meaning. */
const catalogue = {
    'lfs-pointer': {
        kind: 'input',
        severity: 'error',
        title: 'Git LFS pointer instead of a file',
        explanation: 'The file holds the short text by which Git LFS refers to the real content, which was not fetched with the repository.',
        help: ['Run `git lfs pull`, or in a workflow give `actions/checkout` the input `lfs: true`.'],
    },
    'not-a-saved-model': {
        kind: 'input',
        severity: 'error',
        title: 'Not a SavedModel',
        explanation: 'A SavedModel is a folder that holds `saved_model.pb` and, if it has variables, `variables/`.',
        help: ['Give the folder that `tf.saved_model.save` or Keras `model.export` wrote.'],
    },
    'file-unreadable': {
        kind: 'input',
        severity: 'error',
        title: 'File cannot be read or written',
        explanation: 'The operating system refused to read or write a file.',
        help: [],
    },
    'corrupt-file': {
        kind: 'input',
        severity: 'error',
        title: 'Truncated or corrupt file',
        explanation: 'The file ends early, or its structure or checksum is wrong.',
        help: ['Restore the file from its source, or save the model again.'],
    },
    'missing-shard': {
        kind: 'input',
        severity: 'error',
        title: 'Variable data file missing',
        explanation: '`variables/variables.index` names a data shard that is not in the folder.',
        help: ['Commit all files of `variables/`; check `.gitignore` and Git LFS.'],
    },
    'unknown-tag': {
        kind: 'input',
        severity: 'error',
        title: 'No meta graph with these tags',
        explanation: 'A SavedModel holds one or more graphs, told apart by sets of tags; nearly always there is one, tagged `serve`.',
        help: [],
    },
    'unknown-signature': {
        kind: 'input',
        severity: 'error',
        title: 'Unknown signature',
        explanation: 'A signature names a function of the model with its inputs and outputs.',
        help: [],
    },
    'no-signature': {
        kind: 'input',
        severity: 'error',
        title: 'SavedModel without signatures',
        explanation: 'Without a signature nothing says which tensors are the inputs and outputs.',
        help: [
            'Save with signatures: `model.export(path)` in Keras, or `tf.saved_model.save(module, path, signatures=module.f.get_concrete_function(…))`.',
        ],
    },
    'invalid-graph': {
        kind: 'input',
        severity: 'error',
        title: 'Invalid graph',
        explanation: 'The graph refers to nodes, functions or attributes that do not exist, or their types or shapes contradict each other.',
        help: ['Check that the SavedModel loads in TensorFlow (`tf.saved_model.load`), and save it again.'],
    },
    'variable-without-value': {
        kind: 'input',
        severity: 'error',
        title: 'Variable without a value',
        explanation: 'A variable that the signature reads has no value in the checkpoint beside the graph.',
        help: ['Attach the variable to the object that is saved, so that it is tracked, and save the model again.'],
    },
    'invalid-option': {
        kind: 'input',
        severity: 'error',
        title: 'Invalid option',
        explanation: 'An option of the command line or an input of the action has a value that it cannot have.',
        help: [],
    },
    'invalid-data': {
        kind: 'input',
        severity: 'error',
        title: 'Invalid data',
        explanation: 'Data given for a model does not fit the model, or cannot be read.',
        help: [],
    },
    'invalid-tflite': {
        kind: 'input',
        severity: 'error',
        title: 'Invalid .tflite file',
        explanation: 'The file is not a TFLite flatbuffer, or its structure is damaged.',
        help: ['Convert the model again.'],
    },
    'unsupported-op': {
        kind: 'unsupported',
        severity: 'error',
        title: 'Op without a TFLite equivalent',
        explanation: 'No TFLite kernel computes this TensorFlow op, or none with these attributes, types or shapes.',
        help: [],
    },
    'unsupported-model': {
        kind: 'unsupported',
        severity: 'error',
        title: 'Model cannot be converted',
        explanation: 'Something other than a single op keeps the model from being expressed in TFLite.',
        help: [],
    },
    'run-failed': {
        kind: 'unsupported',
        severity: 'error',
        title: 'The model does not run in LiteRT',
        explanation: 'LiteRT refused the model, or failed while running it.',
        help: [],
    },
    'not-a-number': {
        kind: 'unsupported',
        severity: 'warning',
        title: 'An output is NaN',
        explanation: 'A run on seeded random inputs gave an output that holds no number at all.',
        help: ['Run the model on real data; if NaN stays, check the weights of the SavedModel for NaN.'],
    },
    'run-timeout': {
        kind: 'unsupported',
        severity: 'error',
        title: 'The model runs too long',
        explanation: 'Running the model did not end within the time limit.',
        help: ['Raise the time limit, or make the model or its inputs smaller.'],
    },
    internal: {
        kind: 'internal',
        severity: 'error',
        title: 'Internal error',
        explanation: 'A defect of TFLite Gate: an invariant of its own did not hold.',
        help: ['Please report it, with the model if you can share it.'],
    },
};

;// CONCATENATED MODULE: ./build/diagnostics/diagnostic.js

/** Makes a diagnostic; severity, title and general help come from the catalogue. */
function diagnostic(code, details) {
    const entry = catalogue[code];
    return {
        code,
        severity: entry.severity,
        title: entry.title,
        detail: details.detail,
        locations: details.locations ?? [],
        help: [...(details.help ?? []), ...entry.help],
        ...(details.op === undefined ? {} : { op: details.op }),
        ...(details.pass === undefined ? {} : { pass: details.pass }),
    };
}
function kindOf(found) {
    return catalogue[found.code].kind;
}
/** Ends a stage with what it found. Shells turn it into an exit code: `input` 2, `unsupported` 1, `internal` 3. */
class DiagnosticError extends Error {
    diagnostics;
    constructor(diagnostics) {
        super(diagnostics.map((found) => `${found.title}: ${found.detail}`).join('\n'));
        this.name = 'DiagnosticError';
        this.diagnostics = diagnostics;
    }
}
/** Throws a DiagnosticError with this one finding: for input on which nothing more can be done. */
function fail(code, details) {
    throw new DiagnosticError([diagnostic(code, details)]);
}
/** Collects the findings of a stage, so that all are reported together. */
class Collector {
    diagnostics = [];
    add(code, details) {
        this.diagnostics.push(diagnostic(code, details));
    }
    get hasErrors() {
        return this.diagnostics.some((found) => found.severity === 'error');
    }
    /** Throws a DiagnosticError if any error was collected. */
    throwIfErrors() {
        if (this.hasErrors)
            throw new DiagnosticError(this.diagnostics);
    }
}


/***/ }),

/***/ 1329:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   F: () => (/* binding */ exitCodeOf),
/* harmony export */   o: () => (/* binding */ diagnosticsOf)
/* harmony export */ });
/* harmony import */ var _diagnostic_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(4128);

/** What a process that ends with this error tells its caller. Where findings differ in kind, the gravest counts. */
function exitCodeOf(error) {
    if (!(error instanceof _diagnostic_js__WEBPACK_IMPORTED_MODULE_0__/* .DiagnosticError */ .uo))
        return 3;
    const kinds = error.diagnostics.filter(({ severity }) => severity === 'error').map(_diagnostic_js__WEBPACK_IMPORTED_MODULE_0__/* .kindOf */ .I);
    if (kinds.includes('internal'))
        return 3;
    return kinds.includes('input') ? 2 : 1;
}
/** The diagnostics of a DiagnosticError; any other error is an internal one. */
function diagnosticsOf(error) {
    if (error instanceof _diagnostic_js__WEBPACK_IMPORTED_MODULE_0__/* .DiagnosticError */ .uo)
        return error.diagnostics;
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return [(0,_diagnostic_js__WEBPACK_IMPORTED_MODULE_0__/* .diagnostic */ .YK)('internal', { detail })];
}


/***/ }),

/***/ 8952:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   f: () => (/* binding */ printableLines),
/* harmony export */   g: () => (/* binding */ printable)
/* harmony export */ });
/** Control characters, and those that reorder or hide the text around them. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;
/** Text from a model or a file as one line that cannot steer a terminal: what is unprintable is escaped as `\u001b`. */
function printable(text) {
    return text.replace(UNPRINTABLE, (char) => {
        if (char === '\n')
            return '\\n';
        if (char === '\t')
            return '\\t';
        return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
    });
}
/** As `printable`, but lines stay lines. */
function printableLines(text) {
    return text.split(/\r?\n/).map(printable);
}


/***/ }),

/***/ 7823:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   C: () => (/* binding */ renderLocation)
/* harmony export */ });
/* harmony import */ var _printable_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8952);

/** A place in words, the most useful part first: `m.py:12, layer conv, node net/conv/Conv2D (in the function f)`. */
function renderLocation({ file, line, signature, function: name, node, layer, frames }) {
    const parts = [];
    const [frame] = frames ?? [];
    if (frame)
        parts.push(`${(0,_printable_js__WEBPACK_IMPORTED_MODULE_0__/* .printable */ .g)(frame.file)}:${frame.line}`);
    if (layer !== undefined)
        parts.push(`layer ${(0,_printable_js__WEBPACK_IMPORTED_MODULE_0__/* .printable */ .g)(layer)}`);
    if (node !== undefined)
        parts.push(`node ${(0,_printable_js__WEBPACK_IMPORTED_MODULE_0__/* .printable */ .g)(node)}`);
    if (signature !== undefined)
        parts.push(`signature ${(0,_printable_js__WEBPACK_IMPORTED_MODULE_0__/* .printable */ .g)(signature)}`);
    if (file !== undefined)
        parts.push(line === undefined ? (0,_printable_js__WEBPACK_IMPORTED_MODULE_0__/* .printable */ .g)(file) : `${(0,_printable_js__WEBPACK_IMPORTED_MODULE_0__/* .printable */ .g)(file)}:${line}`);
    const place = parts.join(', ');
    if (name === undefined)
        return place;
    return `${place}${place && ' '}(in the function ${(0,_printable_js__WEBPACK_IMPORTED_MODULE_0__/* .printable */ .g)(name)})`;
}


/***/ }),

/***/ 5050:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  S: () => (/* binding */ renderText)
});

;// CONCATENATED MODULE: ./build/diagnostics/group.js
const RANK = { error: 0, warning: 1, notice: 2 };
/** Groups diagnostics by code and op, then by what they say. Errors come first, then the order of the diagnostics. */
function groupDiagnostics(diagnostics) {
    const groups = groupBy(diagnostics, ({ code, severity, op }) => JSON.stringify([code, severity, op]));
    return [...groups.values()].sort((a, b) => RANK[a[0].severity] - RANK[b[0].severity]).map(toGroup);
}
function toGroup(diagnostics) {
    const [{ code, severity, title, op }] = diagnostics;
    const findings = groupBy(diagnostics, ({ detail, help }) => JSON.stringify([detail, help]));
    return {
        code,
        severity,
        title,
        ...(op === undefined ? {} : { op }),
        count: diagnostics.length,
        findings: [...findings.values()].map((same) => ({
            detail: same[0].detail,
            help: same[0].help,
            locations: same.flatMap(({ locations }) => locations),
            count: same.length,
        })),
    };
}
function groupBy(items, keyOf) {
    const groups = new Map();
    for (const item of items) {
        const key = keyOf(item);
        const group = groups.get(key);
        if (group)
            group.push(item);
        else
            groups.set(key, [item]);
    }
    return groups;
}

// EXTERNAL MODULE: ./build/diagnostics/printable.js
var printable = __webpack_require__(8952);
// EXTERNAL MODULE: ./build/diagnostics/render-location.js
var render_location = __webpack_require__(7823);
;// CONCATENATED MODULE: ./build/diagnostics/render-text.js



const SEVERITY_STYLE = { error: '1;31', warning: '1;33', notice: '1;36' };
/**
 * Diagnostics as text for a terminal: grouped by code and op, each op once with its count, why, where and what to do.
 * Empty for none; else it ends with a line break.
 */
function renderText(diagnostics, options = {}) {
    const writer = new Writer(options);
    let previous;
    for (const group of groupDiagnostics(diagnostics)) {
        if (previous)
            writer.line(0, '');
        writer.group(group);
        previous = group;
    }
    return writer.text;
}
class Writer {
    text = '';
    #color;
    #maxLocations;
    constructor({ color = false, maxLocations = 8 }) {
        this.#color = color;
        this.#maxLocations = maxLocations;
    }
    line(indent, content) {
        this.text += content === '' ? '\n' : `${'  '.repeat(indent)}${content}\n`;
    }
    group({ code, severity, title, op, count, findings }) {
        const subject = op === undefined ? '' : `: ${this.#paint('1', (0,printable/* printable */.g)(op))}${count > 1 ? `, ${count} times` : ''}`;
        const head = `${this.#paint(SEVERITY_STYLE[severity], severity)}: ${title}${subject}`;
        this.line(0, `${head} ${this.#paint('2', `[${code}]`)}`);
        for (const finding of findings)
            this.#finding(finding);
    }
    #finding({ detail, help, locations }) {
        for (const line of (0,printable/* printableLines */.f)(detail))
            this.line(1, line);
        // A file that the text already names needs no line of its own.
        const places = [...new Set(locations.map(render_location/* renderLocation */.C))].filter((place) => !detail.includes(place));
        for (const place of places.slice(0, this.#maxLocations))
            this.line(2, `${this.#paint('2', 'at')} ${place}`);
        const hidden = places.length - this.#maxLocations;
        if (hidden > 0)
            this.line(2, `and at ${hidden} more`);
        for (const advice of help) {
            const [first = '', ...rest] = (0,printable/* printableLines */.f)(advice);
            this.line(1, `${this.#paint('1;32', 'help')}: ${first}`);
            for (const line of rest)
                this.line(4, line);
        }
    }
    #paint(style, text) {
        return this.#color ? `\u001b[${style}m${text}\u001b[0m` : text;
    }
}


/***/ }),

/***/ 4289:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   y: () => (/* binding */ closestSpelling)
/* harmony export */ });
/** The candidate nearest in spelling to `name`, if it is near enough to be a slip; case counts little. */
function closestSpelling(name, candidates) {
    let best;
    let bestDistance = Math.max(2, name.length / 3) + 0.5;
    for (const candidate of candidates) {
        const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
        if (distance < bestDistance) {
            best = candidate;
            bestDistance = distance;
        }
    }
    return best;
}
/** Insertions, deletions and replacements that turn one string into the other. */
function editDistance(a, b) {
    let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
    for (let i = 0; i < a.length; i++) {
        const current = [i + 1];
        for (let j = 0; j < b.length; j++) {
            const replaced = previous[j] + (a[i] === b[j] ? 0 : 1);
            current.push(Math.min(replaced, previous[j + 1] + 1, current[j] + 1));
        }
        previous = current;
    }
    return previous[b.length];
}


/***/ }),

/***/ 8508:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   r: () => (/* binding */ version)
/* harmony export */ });
/** The version of this package; a test keeps it equal to that of `package.json`. */
const version = '0.1.0';


/***/ })

};
