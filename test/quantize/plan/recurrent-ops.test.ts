import { describe, expect, test } from '@jest/globals';
import { opsAroundVariables, recurrentOps } from '#quantize/plan/recurrent-ops.js';
import { parse } from '../../support/dialects.js';

/** Names of the recurrent ops of a loop with this body, in order. */
function recurrentIn(body: string): string[] {
  const types = '(%n: tensor<i32>, %h: tensor<4xf32>, %c: tensor<4xf32>, %x: tensor<4xf32>)';
  const module = parse(`signature "f" (%x: tensor<4xf32>) -> ("y") {
    %n = const 0 : tensor<i32> %zeros = const splat(0) : tensor<4xf32>
    %m, %h, %c, %same = tfl.while(%n, %zeros, %zeros, %x) ${types} {
      %end = const 4 : tensor<i32> %more = tfl.less(%n, %end) return %more
    } ${types} { %one = const 1 : tensor<i32> %next = tfl.add(%n, %one) ${body} }
    return %h }`);
  const recurrent = recurrentOps(module);
  return [...module.ops()].flatMap((op) => (recurrent.has(op) ? [op.location.node ?? op.name] : []));
}

describe('recurrentOps', () => {
  test('are those between a carried value and what it becomes', () => {
    const body = `%before = tfl.abs(%x) loc("before") %sum = tfl.add(%h, %before) loc("sum")
      %new = tfl.tanh(%sum) loc("new") %behind = tfl.neg(%new) loc("behind") return %next, %new, %behind, %x`;
    expect(recurrentIn(body)).toEqual(['sum', 'new']);
  });

  test('also where values change places from run to run', () => {
    const body = `%a = tfl.abs(%h) loc("a") %b = tfl.neg(%c) loc("b") return %next, %b, %a, %x`;
    expect(recurrentIn(body)).toEqual(['a', 'b']);
    expect(recurrentIn('%a = tfl.abs(%h) loc("a") %b = tfl.neg(%x) return %next, %b, %a, %x')).toEqual([]);
  });

  test('not those that only move elements in a circle, but these among others', () => {
    const moved = '%axis = const [0] : tensor<1xi32> %r = tfl.reverse_v2(%h, %axis) loc("r")';
    expect(recurrentIn(`${moved} return %next, %r, %c, %x`)).toEqual([]);
    expect(recurrentIn(`${moved} %a = tfl.abs(%r) loc("a") return %next, %a, %c, %x`)).toEqual(['r', 'a']);
  });

  test('not counters', () => {
    expect(recurrentIn('return %next, %x, %x, %x')).toEqual([]);
  });
});

describe('opsAroundVariables', () => {
  test('are those between what is read and what is assigned', () => {
    const module = parse(`signature "f" (%x: tensor<4xf32>) -> ("y") {
      %v = tfl.var_handle() {shared_name = "v"} : resource<tensor<4xf32>>
      %same = tfl.var_handle() {shared_name = "v"} : resource<tensor<4xf32>>
      %other = tfl.var_handle() {shared_name = "w"} : resource<tensor<4xf32>>
      %a = tfl.abs(%x) loc("before") %r = tfl.read_variable(%v) %s = tfl.add(%r, %a) loc("sum")
      tfl.assign_variable(%same, %s) %w = tfl.read_variable(%other) %t = tfl.mul(%s, %w) loc("behind") return %t }`);
    const around = opsAroundVariables(module);
    const names = [...module.ops()].flatMap((op) => (around.has(op) ? [op.location.node ?? op.name] : []));
    expect(names).toEqual(['tfl.read_variable', 'sum', 'tfl.assign_variable']);
  });
});
