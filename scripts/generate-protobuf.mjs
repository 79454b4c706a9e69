// Writes src/wire/protobuf/*.generated.ts: a typed reader for each message of each schema beside it, and writers for the
// few messages that are written, in a file of their own.
//
//   node scripts/generate-protobuf.mjs            writes
//   node scripts/generate-protobuf.mjs --check    exits 1 where a file is not up to date
//
// protobufjs's own generator also emits checks and conversions, and its reflection builds readers when the program
// starts; these are plain functions.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

/** Messages that are written, with all that they hold. */
const WRITTEN = { 'saved-model.proto': ['NodeDef', 'NodeAttributes'] };

const folder = join(dirname(fileURLToPath(import.meta.url)), '../src/wire/protobuf');

const scalars = {
  string: { type: 'string', initial: "''", wire: 2, read: 'reader.string()' },
  bytes: { type: 'Uint8Array', initial: 'NO_BYTES', wire: 2, read: 'reader.bytes()' },
  bool: { type: 'boolean', initial: 'false', wire: 0, read: 'reader.bool()' },
  int32: { type: 'number', initial: '0', wire: 0, read: 'reader.int32()' },
  uint32: { type: 'number', initial: '0', wire: 0, read: 'reader.uint32()' },
  int64: { type: 'number | bigint', initial: '0', wire: 0, read: 'readInt64(reader)' },
  uint64: { type: 'number | bigint', initial: '0', wire: 0, read: 'readUint64(reader)' },
  fixed64: { type: 'number | bigint', initial: '0', wire: 1, read: 'readFixed64(reader)' },
  fixed32: { type: 'number', initial: '0', wire: 5, read: 'reader.fixed32()' },
  float: { type: 'number', initial: '0', wire: 5, read: 'reader.float()' },
  double: { type: 'number', initial: '0', wire: 1, read: 'reader.double()' },
};

/** How one element of a field is typed and read. */
function elementOf(fieldType, options, resolved) {
  if (resolved) {
    const name = typeName(resolved);
    return { type: name, wire: 2, read: `readMessage(reader, read${name})`, message: true };
  }
  const scalar = scalars[fieldType];
  if (!scalar) throw new Error(`no reader for the type ${fieldType}`);
  if (options?.jstype === 'JS_NUMBER') return { ...scalar, type: 'number', read: 'readSafeInteger(reader)' };
  return scalar;
}

/** Nested messages are named with their parents: `TensorShapeProtoDim`. */
function typeName(type) {
  const names = [];
  for (let at = type; at instanceof protobuf.Type; at = at.parent) names.unshift(at.name);
  return names.join('');
}

function messagesOf(namespace, file) {
  return namespace.nestedArray.flatMap((nested) => [
    ...(nested instanceof protobuf.Type && basename(nested.filename ?? file) === file ? [nested] : []),
    ...(nested instanceof protobuf.Namespace ? messagesOf(nested, file) : []),
  ]);
}

function generateMessage(type) {
  const name = typeName(type);
  const declarations = [];
  const initials = [];
  const cases = [];
  const entryReaders = [];
  for (const field of type.fieldsArray) {
    field.resolve();
    const property = field.name;
    const element = elementOf(field.type, field.options, field.resolvedType);
    const tag = (wire) => `      case ${(field.id << 3) | wire}:`;
    if (field instanceof protobuf.MapField) {
      const entryReader = `read${name}${property[0].toUpperCase()}${property.slice(1)}Entry`;
      declarations.push(`  ${property}: Map<${elementOf(field.keyType).type}, ${element.type}>;`);
      initials.push(`${property}: new Map()`);
      cases.push(`${tag(2)}\n        ${entryReader}(reader, message.${property});\n        break;`);
      entryReaders.push(generateEntryReader(entryReader, elementOf(field.keyType), element));
    } else if (field.repeated) {
      const elementType = element.type.includes('|') ? `(${element.type})` : element.type;
      declarations.push(`  ${property}: ${elementType}[];`);
      initials.push(`${property}: []`);
      cases.push(`${tag(element.wire)}\n        message.${property}.push(${element.read});\n        break;`);
      if (element.wire !== 2) {
        cases.push(
          `${tag(2)}\n        readPacked(reader, message.${property}, (reader) => ${element.read});\n        break;`,
        );
      }
    } else {
      const optional = element.message || field.partOf;
      declarations.push(`  ${property}: ${element.type}${optional ? ' | undefined' : ''};`);
      initials.push(`${property}: ${optional ? 'undefined' : element.initial}`);
      cases.push(`${tag(element.wire)}\n        message.${property} = ${element.read};\n        break;`);
    }
  }
  return `
export interface ${name} {
${declarations.join('\n')}
}

function new${name}(): ${name} {
  return { ${initials.join(', ')} };
}

export function read${name}(reader: Reader): ${name} {
  const message = new${name}();
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    switch (tag) {
${cases.join('\n')}
      default:
        reader.skipType(tag & 7, 0, tag >>> 3);
    }
  }
  return message;
}
${entryReaders.join('')}`;
}

/** A map's entry is a message of a key and a value, of which each is the default one where it is absent. */
function generateEntryReader(name, key, value) {
  const absent = value.message ? `new${value.type}()` : value.initial;
  return `
function ${name}(reader: Reader, target: Map<${key.type}, ${value.type}>): void {
  const outer = enterMessage(reader);
  let key: ${key.type} = ${key.initial};
  let value: ${value.type} | undefined;
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    if (tag === ${(1 << 3) | key.wire}) key = ${key.read};
    else if (tag === ${(2 << 3) | value.wire}) value = ${value.read};
    else reader.skipType(tag & 7, 0, tag >>> 3);
  }
  reader.len = outer;
  target.set(key, value ?? ${absent});
}
`;
}

/** Readers call each other, so a message within itself would let a file choose how deep: such a field has to be bytes. */
function refuseRecursion(type, outer = []) {
  if (outer.includes(type)) throw new Error(`${typeName(type)} contains itself: declare the field as bytes`);
  for (const field of type.fieldsArray) {
    if (field.resolve().resolvedType) refuseRecursion(field.resolvedType, [...outer, type]);
  }
}

function generateFile(file) {
  const root = new protobuf.Root();
  root.resolvePath = (_, target) => join(folder, basename(target));
  root.loadSync(file).resolveAll();
  const own = messagesOf(root, file);
  for (const type of own) refuseRecursion(type);
  const body = own.map(generateMessage).join('');
  const imports = [];
  const helpers = [
    'NO_BYTES',
    'enterMessage',
    'readFixed64',
    'readInt64',
    'readMessage',
    'readPacked',
    'readSafeInteger',
    'readUint64',
  ];
  const used = helpers.filter((helper) => new RegExp(`\\b${helper}\\b`).test(body));
  imports.push(`import { ${['type Reader', ...used].join(', ')} } from './reader.js';`);
  for (const other of schemas()) {
    if (other === file) continue;
    const names = messagesOf(root, other)
      .map(typeName)
      .flatMap((name) => [`type ${name}`, `new${name}`, `read${name}`])
      .filter((name) => new RegExp(`\\b${name.replace('type ', '')}\\b`).test(body));
    if (names.length > 0)
      imports.push(`import { ${names.join(', ')} } from './${other.replace('.proto', '.generated.js')}';`);
  }
  return `// Generated by scripts/generate-protobuf.mjs from ${file}: do not edit.\n${imports.sort().join('\n')}\n${body}`;
}

/** Statements that write a message, default values left out as proto3 has it. */
function generateWriter(type) {
  const name = typeName(type);
  const lines = type.fieldsArray.flatMap((field) => {
    field.resolve();
    const value = `message.${field.name}`;
    const tag = (wire) => (field.id << 3) | wire;
    const element = elementOf(field.type, field.options, field.resolvedType);
    if (field instanceof protobuf.MapField) {
      if (field.keyType !== 'string') throw new Error(`no writer for a map from ${field.keyType}`);
      return [
        `  for (const [key, value] of [...${value}].sort(([a], [b]) => (a < b ? -1 : 1))) {`,
        `    writer.uint32(${tag(2)}).fork().uint32(10).string(key);`,
        `    ${writeElement(element, field.type, 18, 'value')}`,
        '    writer.ldelim();',
        '  }',
      ];
    }
    if (field.repeated && element.wire === 2) {
      return [`  for (const value of ${value}) ${writeElement(element, field.type, tag(2), 'value')}`];
    }
    if (field.repeated) {
      return [
        `  if (${value}.length > 0) {`,
        `    writer.uint32(${tag(2)}).fork();`,
        `    for (const value of ${value}) writer.${field.type}(${converted(field.type, 'value')});`,
        '    writer.ldelim();',
        '  }',
      ];
    }
    const absent = element.message || field.partOf ? `${value} !== undefined` : presence(field.type, value);
    return [`  if (${absent}) ${writeElement(element, field.type, tag(element.wire), value)}`];
  });
  return `
export function write${name}(message: ${name}, writer: Writer): void {
${lines.join('\n')}
}
`;
}

function presence(type, value) {
  if (type === 'bool') return value;
  return type === 'string' || type === 'bytes' ? `${value}.length > 0` : `${value} !== 0`;
}

function writeElement(element, type, tag, value) {
  if (!element.message) return `writer.uint32(${tag}).${type}(${converted(type, value)});`;
  return `{ writer.uint32(${tag}).fork(); write${element.type}(${value}, writer); writer.ldelim(); }`;
}

/** protobufjs takes 64-bit integers as two halves. */
function converted(type, value) {
  return type === 'int64' || type === 'uint64' ? `halves(${value})` : value;
}

/** The messages of these names and all that they hold. */
function closure(types) {
  const all = new Set();
  const visit = (type) => {
    if (all.has(type)) return;
    all.add(type);
    for (const field of type.fieldsArray) if (field.resolve().resolvedType) visit(field.resolvedType);
  };
  types.forEach(visit);
  return [...all];
}

function generateWriterFile(file) {
  const root = new protobuf.Root();
  root.resolvePath = (_, target) => join(folder, basename(target));
  root.loadSync(file).resolveAll();
  const types = closure(messagesOf(root, file).filter((type) => WRITTEN[file].includes(typeName(type))));
  const body = types.map(generateWriter).join('');
  const names = types.map(typeName).sort();
  const helpers = /\bhalves\(/.test(body) ? 'halves, type Writer' : 'type Writer';
  return `// Generated by scripts/generate-protobuf.mjs from ${file}: do not edit.
import type { ${names.join(', ')} } from './${file.replace('.proto', '.generated.js')}';
import { ${helpers} } from './writer.js';
${body}`;
}

function schemas() {
  return readdirSync(folder).filter((name) => name.endsWith('.proto'));
}

let stale = false;
const targets = [
  ...schemas().map((file) => [file.replace('.proto', '.generated.ts'), generateFile(file)]),
  ...Object.keys(WRITTEN).map((file) => [file.replace('.proto', '-writer.generated.ts'), generateWriterFile(file)]),
];
for (const [name, text] of targets) {
  const target = join(folder, name);
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    stale = true;
    console.error(`${target} is not up to date: run node scripts/generate-protobuf.mjs`);
  }
}
if (stale) process.exitCode = 1;
