import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A program, run by Node under any environment. `argv` are its arguments. */
export function writeProgram(path: string, code: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    `#!${process.execPath}\nconst argv = process.argv.slice(2);\nconst fs = require('node:fs');\n${code}\n`,
  );
  chmodSync(path, 0o755);
  return path;
}

/**
 * A program that passes for a Python with TensorFlow: it answers each request by `answer`, the body of a function of
 * `request`, and keeps requests in `requests.jsonl` beside itself.
 */
export function fakePython(answer: string, folder = mkdtempSync(join(tmpdir(), 'fake-python-'))): string {
  return writeProgram(
    join(folder, 'python'),
    `
if (argv.includes('-c')) {
  process.stdout.write(JSON.stringify({ executable: __filename, fits: true, tensorflow: [['tensorflow', '0.0.0']] }));
} else {
  const answer = (request) => { ${answer}; return { ok: true }; };
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    fs.appendFileSync(require('node:path').join(__dirname, 'requests.jsonl'), line + '\\n');
    const reply = answer(JSON.parse(line));
    if (reply) process.stdout.write(JSON.stringify(reply) + '\\n');
  }).on('close', () => process.exit());
}`,
  );
}
