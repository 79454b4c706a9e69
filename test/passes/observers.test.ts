import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DiagnosticError, fail } from '#diagnostics/diagnostic.js';
import type { Op } from '#ir/graph.js';
import type { Module } from '#ir/module.js';
import { parseModule } from '#ir/parse.js';
import { tensorType } from '#ir/type.js';
import { dumpObserver } from '#passes/dump-observer.js';
import { type Explanation, explainObserver } from '#passes/explain-observer.js';
import { definePass, type Pass, type PassContext } from '#passes/pass.js';
import { removeDeadOps } from '#passes/remove-dead-ops.js';
import { runPasses } from '#passes/run-passes.js';
import { type PassTiming, timeObserver } from '#passes/time-observer.js';
import { invariantObserver, verifyObserver, verifyResult } from '#passes/verify-observer.js';
import { toyOps } from '../ir/toy-dialect.js';

const TEXT = `signature "s" (%x: tensor<2xf32>) -> ("y") {
  %a = toy.neg(%x) loc("a")
  %b = toy.neg(%x) loc("b")
  return %a
}`;

function parse(): Module {
  return parseModule(TEXT, toyOps);
}

function pass(name: string, run: (module: Module, context: PassContext) => void, more: Partial<Pass> = {}): Pass {
  return definePass({ name, summary: name, run, ...more });
}

const nothing = pass('do-nothing', () => {});

function firstOp(module: Module): Op {
  return module.signatures[0]?.region.first as Op;
}

const breakTypes = pass('break-types', (module, { editor }) => {
  editor.setType(firstOp(module).result(), tensorType('float32', [3]));
});

describe('verifying', () => {
  test('all is well', () => {
    expect(() => runPasses(parse(), [removeDeadOps, nothing], [verifyObserver()])).not.toThrow();
  });

  test('names the pass that broke the module, and shows the op', () => {
    expect(() => runPasses(parse(), [nothing, breakTypes], [verifyObserver()])).toThrow(
      'break-types leaves a broken module:\n  %0 = toy.neg(%arg0) : tensor<3xf32>: result 0 is tensor<3xf32>',
    );
  });

  test('a module that is broken from the start', () => {
    const module = parse();
    firstOp(module).result().type = tensorType('int8', [2]);
    expect(() => runPasses(module, [nothing], [verifyObserver()])).toThrow(
      'the module is broken before the first pass:',
    );
  });

  test('what passes require and ensure', () => {
    const small = { name: 'small', check: (module: Module) => ([...module.ops()].length > 1 ? ['too many ops'] : []) };
    const needs = pass('needs-small', () => {}, { requires: [small] });
    expect(() => runPasses(parse(), [needs], [verifyObserver()])).toThrow(
      'needs-small is run too early:\n  too many ops',
    );
    expect(() => runPasses(parse(), [removeDeadOps, needs], [verifyObserver()])).not.toThrow();
    const promises = pass('promises-small', () => {}, { ensures: [small] });
    expect(() => runPasses(parse(), [promises], [verifyObserver()])).toThrow('promises-small does not do what it says');
  });

  test('only at the end, but for what passes require and ensure', () => {
    const module = parse();
    expect(() => runPasses(module, [breakTypes], [invariantObserver()])).not.toThrow();
    expect(() => verifyResult(module)).toThrow('%0 = toy.neg(%arg0) : tensor<3xf32>: result 0 is tensor<3xf32>');
    const never = { name: 'never', check: () => ['it is not'] };
    expect(() => runPasses(parse(), [pass('p', () => {}, { ensures: [never] })], [invariantObserver()])).toThrow(
      'p does not do what it says:\n  it is not',
    );
    expect(() => verifyResult(parse())).not.toThrow();
  });

  test('a long list of problems is cut', () => {
    const many = { name: 'many', check: () => Array.from({ length: 12 }, (_, i) => `problem ${i}`) };
    const broken = pass('broken', () => {}, { ensures: [many] });
    expect(() => runPasses(parse(), [broken], [verifyObserver()])).toThrow('problem 9\n  and 2 more');
  });
});

test('timing tells name, ops and whether anything changed, of the passes alone', () => {
  const timings: PassTiming[] = [];
  const slow = {
    after: () => {
      const end = performance.now() + 20;
      while (performance.now() < end);
    },
  };
  runPasses(parse(), [nothing, removeDeadOps], [slow, timeObserver(timings)]);
  expect(timings).toMatchObject([
    { name: 'do-nothing', ops: 2, changed: false },
    { name: 'remove-dead-ops', ops: 1, changed: true },
  ]);
  expect(timings.every(({ ms }) => ms >= 0 && ms < 20)).toBe(true);
});

describe('dumping', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tflite-gate-dump-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });
  const read = (name: string) => readFileSync(join(directory, name), 'utf8');
  const observer = () => dumpObserver({ directory, repeatCommand: (name, file) => `repeat ${name} ${file}` });

  test('writes the module where its text changed, and an index', () => {
    writeFileSync(join(directory, '09-of-an-earlier-run.ir'), '');
    writeFileSync(join(directory, 'notes.txt'), '');
    runPasses(parse(), [nothing, removeDeadOps], [observer()]);
    expect(readdirSync(directory).sort()).toEqual(['00-input.ir', '02-remove-dead-ops.ir', 'index.txt', 'notes.txt']);
    expect(read('02-remove-dead-ops.ir')).toMatchInlineSnapshot(`
"signature "s" (%arg0 "x": tensor<2xf32>) -> ("y") {
  %0 = toy.neg(%arg0) : tensor<2xf32> loc("a")
  return %0
}
"
`);
    expect(read('index.txt').replace(/\d+\.\d\d/g, '0.00')).toMatchInlineSnapshot(`
"        ms      ops  file
                  2  00-input.ir
      0.00        2  do-nothing: no change
      0.00        1  02-remove-dead-ops.ir
"
`);
  });

  test('leaves the module before a pass that fails, and the command to repeat it', () => {
    const failing = pass('fail-here', (module, { editor }) => {
      editor.erase(firstOp(module).next as Op);
      throw new Error('out of luck');
    });
    expect(() => runPasses(parse(), [nothing, failing], [observer()])).toThrow('out of luck');
    const file = join(directory, '02-fail-here.before.ir');
    expect(read('02-fail-here.before.ir')).toBe(read('00-input.ir'));
    expect(read('failure.txt')).toContain(
      `fail-here failed. To repeat:\n\n  repeat fail-here ${file}\n\nError: out of luck\n`,
    );
  });

  test('a pass after which the module is broken leaves both', () => {
    expect(() => runPasses(parse(), [breakTypes], [verifyObserver(), observer()])).toThrow('leaves a broken module');
    expect(read('01-break-types.ir')).toContain('tensor<3xf32> loc("a")');
    expect(read('failure.txt')).toContain('break-types failed');
    expect(read('01-break-types.before.ir')).toBe(read('00-input.ir'));
  });

  test("a user's error is no failure of a pass", () => {
    const refusing = pass('refuse', () => fail('unsupported-model', { detail: 'no' }));
    expect(() => runPasses(parse(), [refusing], [observer()])).toThrow(DiagnosticError);
    expect(readdirSync(directory).sort()).toEqual(['00-input.ir', 'index.txt']);
  });
});

test('explaining collects what one pass says, each once', () => {
  const speaking = (name: string) =>
    pass(name, (module, { explain }) => {
      for (const op of [...module.ops(), ...module.ops()]) explain(op, `${name} does not like it`);
    });
  const explanations: Explanation[] = [];
  runPasses(parse(), [speaking('one'), speaking('two')], [explainObserver('two', explanations)]);
  expect(explanations).toEqual([
    { op: 'toy.neg', location: { node: 'a' }, reason: 'two does not like it', count: 2 },
    { op: 'toy.neg', location: { node: 'b' }, reason: 'two does not like it', count: 2 },
  ]);
});

describe('the runner', () => {
  test('stops after a pass that collected errors', () => {
    const collecting = pass('collect', (_, { collector }) => collector.add('unsupported-model', { detail: 'no' }));
    const unreached = pass('unreached', () => {
      throw new Error('reached');
    });
    expect(() => runPasses(parse(), [collecting, unreached])).toThrow('Model cannot be converted: no');
  });

  test('repeats until nothing changes, and no longer', () => {
    const timings: PassTiming[] = [];
    runPasses(parse(), [{ repeat: [nothing, removeDeadOps] }], [timeObserver(timings)]);
    expect(timings.map(({ name, changed }) => [name, changed])).toEqual([
      ['do-nothing', false],
      ['remove-dead-ops', true],
      ['do-nothing', false],
      ['remove-dead-ops', false],
    ]);
    const restless = pass('flip', (module, { editor }) => {
      const op = firstOp(module);
      editor.setOperand(op, 0, op.operand(0));
    });
    expect(() => runPasses(parse(), [{ repeat: [nothing, restless], limit: 3 }])).toThrow(
      'do-nothing, flip still change the module after 3 rounds',
    );
  });
});
