// How much memory reading data takes: npm run build && node benchmarks/data-memory.mjs [--megabytes N] [--write]
//
// Writes data sets of 2 GB into a temporary folder, one at a time, reads each sample by sample in a process of its own,
// and prints its peak memory beside that of a process that reads a hundred rows. At most 400 MB more are allowed.
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createDeflateRaw, createGzip } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const built = (name) => new URL(`../build/${name}`, import.meta.url);
const COLUMNS = 28 * 28;
const LIMIT = 400e6;

const { values: options } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '2000' },
    read: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});

if (options.read === undefined) await compare(Number(options.megabytes) * 1e6);
else await read(options.read);

/** Prints what reading a data set took, as JSON. */
async function read(path) {
  const { openDataSet } = await import(built('data/open-data-set.js'));
  const inputs = [
    { name: 'x', dtype: 'float32', shape: [1, 28, 28, 1] },
    { name: 'label', dtype: 'int64', shape: [null] },
  ];
  const started = performance.now();
  let rows = 0;
  for await (const sample of (await openDataSet(path)).samples({ key: 'serve', inputs })) rows += sample.rows;
  const seconds = (performance.now() - started) / 1000;
  console.log(JSON.stringify({ rows, seconds, memory: process.resourceUsage().maxRSS * 1024 }));
}

async function compare(bytes) {
  const { crc32 } = await import(built('tensor/zip.js'));
  const { crc32c, maskCrc32c } = await import(built('wire/crc32c.js'));
  const kinds = [
    { name: 'stored.npz', write: (path, rows) => writeNpz(path, rows, false, crc32) },
    { name: 'deflated.npz', write: (path, rows) => writeNpz(path, rows, true, crc32) },
    { name: 'plain.tfrecord', write: (path, rows) => writeRecords(path, rows, undefined, { crc32c, maskCrc32c }) },
    {
      name: 'gzip.tfrecord',
      write: (path, rows) => writeRecords(path, rows, createGzip({ level: 1 }), { crc32c, maskCrc32c }),
    },
    { name: 'rows.csv', write: writeCsv, share: 0.25 },
  ];
  const folder = mkdtempSync(join(tmpdir(), 'tflite-gate-memory-'));
  const results = [];
  console.log('data set            file     rows   rows/s  peak memory  of 100 rows   growth');
  try {
    for (const { name, write, share = 1 } of kinds) {
      const path = join(folder, name);
      await write(path, 100);
      const base = readApart(path);
      await write(path, Math.round((bytes * share) / COLUMNS / 4));
      const megabytes = Math.round(statSync(path).size / 1e6);
      const found = readApart(path);
      rmSync(path);
      const growth = found.memory - base.memory;
      results.push({ name, megabytes, rows: found.rows, seconds: found.seconds, memory: found.memory, growth });
      const cells = [
        `${megabytes} MB`,
        found.rows,
        Math.round(found.rows / found.seconds),
        inMB(found.memory),
        inMB(base.memory),
        inMB(growth),
      ];
      console.log(name.padEnd(15), cells.map((cell, i) => String(cell).padStart([9, 8, 8, 12, 12, 8][i])).join(' '));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (options.write) writeFileSync(join(here, 'results/data-memory.json'), `${JSON.stringify(results, null, 2)}\n`);
  if (results.some(({ growth }) => growth > LIMIT)) {
    console.error(`Reading takes more than ${inMB(LIMIT)} above what a hundred rows take.`);
    process.exitCode = 1;
  }
}

function inMB(bytes) {
  return `${Math.round(bytes / 1e6)} MB`;
}

function readApart(path) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--read', path], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${path} could not be read: ${stderr}`);
  return JSON.parse(stdout);
}

/** Pixels as a classifier takes them: 256 different numbers, which compress somewhat. */
function makeRow(row) {
  const values = new Float32Array(COLUMNS);
  let state = (row + 1) * 2654435761;
  for (let i = 0; i < COLUMNS; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    values[i] = (state >>> 24) / 255;
  }
  return values;
}

async function writeNpz(path, rows, deflates, crc32) {
  const stream = createWriteStream(path);
  const entries = [];
  let offset = 0;
  for (const [name, content] of [
    ['x.npy', () => npy("'<f4'", `(${rows}, 28, 28, 1)`, rows, (row) => new Uint8Array(makeRow(row).buffer))],
    ['label.npy', () => npy("'|u1'", `(${rows},)`, rows, (row) => Uint8Array.of(row % 10))],
  ]) {
    const entry = { name: Buffer.from(name), offset, method: deflates ? 8 : 0, crc: 0, packed: 0, size: 0 };
    // Sizes and checksum stand in the directory alone, as bit 3 says.
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(8, 6);
    local.writeUInt16LE(entry.method, 8);
    local.writeUInt16LE(entry.name.length, 26);
    stream.write(Buffer.concat([local, entry.name]));
    async function* counted() {
      for (const chunk of content()) {
        entry.crc = crc32(chunk, entry.crc);
        entry.size += chunk.length;
        yield chunk;
      }
    }
    async function* packed(chunks) {
      for await (const chunk of chunks) {
        entry.packed += chunk.length;
        yield chunk;
      }
    }
    const stages = [Readable.from(counted()), ...(deflates ? [createDeflateRaw({ level: 1 })] : []), packed, stream];
    await pipeline(...stages, { end: false });
    offset += local.length + entry.name.length + entry.packed;
    entries.push(entry);
  }
  const directory = Buffer.concat(entries.map(directoryEntry));
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  await new Promise((resolve) => stream.end(Buffer.concat([directory, end]), resolve));
}

function directoryEntry({ name, method, crc, packed, size, offset }) {
  const bytes = Buffer.alloc(46);
  bytes.writeUInt32LE(0x02014b50);
  bytes.writeUInt16LE(8, 8);
  bytes.writeUInt16LE(method, 10);
  bytes.writeUInt32LE(crc, 16);
  bytes.writeUInt32LE(packed, 20);
  bytes.writeUInt32LE(size, 24);
  bytes.writeUInt16LE(name.length, 28);
  bytes.writeUInt32LE(offset, 42);
  return Buffer.concat([bytes, name]);
}

/** The bytes of an array, a megabyte or so at once. */
function* npy(descr, shape, rows, bytesOf) {
  const text = `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117);
  yield Buffer.from(`\x93NUMPY\x01\x00v\x00${text}\n`, 'latin1');
  for (let row = 0; row < rows; row += 300) {
    yield Buffer.concat(Array.from({ length: Math.min(300, rows - row) }, (_, i) => bytesOf(row + i)));
  }
}

async function writeRecords(path, rows, compressor, { crc32c, maskCrc32c }) {
  function* records() {
    for (let row = 0; row < rows; row += 300) {
      yield Buffer.concat(Array.from({ length: Math.min(300, rows - row) }, (_, i) => framed(example(row + i))));
    }
  }
  function framed(record) {
    const bytes = Buffer.alloc(16 + record.length);
    bytes.writeBigUInt64LE(BigInt(record.length));
    bytes.writeUInt32LE(maskCrc32c(crc32c(bytes.subarray(0, 8))), 8);
    bytes.set(record, 12);
    bytes.writeUInt32LE(maskCrc32c(crc32c(record)), 12 + record.length);
    return bytes;
  }
  await pipeline(Readable.from(records()), ...(compressor ? [compressor] : []), createWriteStream(path));
}

/** A tf.train.Example: `x` as a list of floats, `label` as a list of one integer. */
function example(row) {
  const message = (field, ...parts) => {
    const content = Buffer.concat(parts);
    return Buffer.concat([varint((field << 3) | 2), varint(content.length), content]);
  };
  const feature = (name, kind, values) =>
    message(1, message(1, Buffer.from(name)), message(2, message(kind, message(1, values))));
  const floats = Buffer.from(makeRow(row).buffer);
  return message(1, feature('x', 2, floats), feature('label', 3, varint(row % 10)));
}

function varint(value) {
  const bytes = [];
  for (let left = value; ; left >>>= 7) {
    if (left < 128) return Buffer.from([...bytes, left]);
    bytes.push((left & 127) | 128);
  }
}

async function writeCsv(path, rows) {
  function* lines() {
    yield `label,${Array.from({ length: COLUMNS }, (_, i) => `pixel${i}`).join()}\n`;
    for (let row = 0; row < rows; row++)
      yield `${row % 10},${Array.from(makeRow(row), (value) => value.toFixed(3)).join()}\n`;
  }
  await pipeline(Readable.from(lines()), createWriteStream(path));
}
