import { describe, expect, test } from '@jest/globals';
import { controlOps, copyRegion, inlineRegion, keepCarried, meetTypes, withInvariants } from '#ir/control-flow.js';
import { Editor } from '#ir/editor.js';
import type { Module } from '#ir/module.js';
import { printModule, printRegion } from '#ir/print.js';
import { tensorType } from '#ir/type.js';
import { verifyModule } from '#ir/verify.js';
import { parse } from '../support/dialects.js';

const text = `signature "s" (%x: tensor<2xf32>, %n: tensor<i32>) -> ("y") {
  %i = const 0 : tensor<i32>
  %1, %2, %3 = tf.While(%i, %x, %n) (%a: tensor<i32>, %b: tensor<2xf32>, %d: tensor<i32>) {
    %t = tf.Less(%a, %d) {T = "int32"}
    return %t
  } (%a: tensor<i32>, %b: tensor<2xf32>, %d: tensor<i32>) {
    %one = const 1 : tensor<i32>
    %next = tf.AddV2(%a, %one) {T = "int32"}
    %c = tf.If(%t, %b) (%e: tensor<2xf32>) { %r = tf.Sin(%e) return %r } (%e: tensor<2xf32>) { return %e }
    return %next, %c, %d
  }
  return %2
}`.replace('%c = tf.If', '%t = tf.Less(%a, %d) {T = "int32"} %c = tf.If');

function loopIn(module: Module) {
  const [loop] = controlOps(module);
  if (!loop) throw new Error('there is no loop');
  return loop;
}

describe('types', () => {
  const f = (...shape: readonly (number | null)[]) => tensorType('float32', shape);

  test('two have in common what neither contradicts', () => {
    expect(meetTypes(f(2, 3), f(2, 4))).toEqual(f(2, null));
    expect(meetTypes(f(2), f(2, 2))).toEqual(tensorType('float32', null));
    expect(meetTypes({ kind: 'unknown' }, f(2))).toEqual({ kind: 'unknown' });
    expect(meetTypes({ kind: 'variant', element: f(1) }, { kind: 'variant' })).toEqual({ kind: 'variant' });
    expect(() => meetTypes(f(2), tensorType('int32', [2]))).toThrow('float32 and int32 take the same place');
    expect(() => meetTypes(f(2), { kind: 'resource' })).toThrow('tensor and resource take the same place');
  });

  test('bodies that do not fit their op are found', () => {
    const module = parse(text);
    const loop = loopIn(module);
    loop.regions[0]?.addArg(f(1));
    expect(verifyModule(module).join()).toContain('body 0 takes 4 values, not 3');
    loop.regions[1]?.setOutputs([]);
    expect(verifyModule(module).join()).toContain('3 values against 0');
  });
});

describe('changing loops', () => {
  test('a value more, and less again', () => {
    const module = parse(text);
    const editor = new Editor();
    const [x] = module.signatures[0]?.region.args ?? [];
    const loop = withInvariants(editor, loopIn(module), x ? [x] : []);
    expect(loop.operands).toHaveLength(4);
    expect(verifyModule(module)).toEqual([]);
    keepCarried(editor, loop, (index) => index < 3);
    expect(verifyModule(module)).toEqual([]);
    expect(printModule(module)).toBe(printModule(parse(text)));
  });

  test('a body may be copied, and put before an op', () => {
    const module = parse(text);
    const editor = new Editor();
    const loop = loopIn(module);
    const body = loop.regions[1];
    if (!body) throw new Error('there is no body');
    expect(printRegion(copyRegion(editor, body))).toBe(printRegion(body));
    const values = inlineRegion(editor, body, loop.operands as never, loop);
    editor.replaceAllUses(loop.result(1), values[1] as never);
    editor.eraseDead(loop);
    expect(verifyModule(module)).toEqual([]);
    expect(controlOps(module).map(({ name }) => name)).toEqual(['tf.If']);
  });
});
