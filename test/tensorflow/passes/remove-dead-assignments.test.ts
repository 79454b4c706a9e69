import { describe, expect, test } from '@jest/globals';
import { removeDeadAssignments } from '#tensorflow/passes/remove-dead-assignments.js';
import { runPass, transform } from '../../support/passes.js';

const handle = (name: string): string =>
  `%${name} = tf.VarHandleOp() {dtype = "float32", shape = [2], variable = "${name}"}`;
const model = (body: string): string =>
  `signature "s" (%x: tensor<2xf32>) -> ("y") { ${handle('v')} ${handle('w')} ${body} return %y }`;
const read = (name: string): string => `tf.ReadVariableOp(%${name}) {dtype = "float32"}`;
const assign = (name: string, value: string): string => `tf.AssignVariableOp(%${name}, %${value}) {dtype = "float32"}`;

describe('remove-dead-assignments', () => {
  test('a variable that only tells its own next value, or that of another such one', () => {
    const text = model(
      `%a = ${read('v')} %b = tf.AddV2(%a, %x) ${assign('v', 'b')} ${assign('w', 'a')} %y = tf.Sin(%x)`,
    );
    expect(transform(removeDeadAssignments, text)).not.toContain('tf.Assign');
  });

  test('rows that are written for nobody', () => {
    const text = model(`%n = const [0] : tensor<1xi32> %a = ${read('v')} %y = tf.Sin(%x)
      tf.ResourceScatterUpdate(%v, %n, %x) {dtype = "float32", Tindices = "int32"}`);
    expect(transform(removeDeadAssignments, text)).not.toContain('tf.ResourceScatter');
  });

  test.each([
    ['an output', `%a = ${read('v')} %y = tf.AddV2(%a, %x) ${assign('v', 'y')}`],
    [
      'another variable that an output needs',
      `%a = ${read('v')} ${assign('w', 'a')} ${assign('v', 'x')} %y = ${read('w')}`,
    ],
  ])('what %s needs is written', (_, body) => {
    expect(runPass(removeDeadAssignments, model(body)).text).toContain('tf.AssignVariableOp');
  });

  test('what another signature reads, and what a loop writes', () => {
    const body = (text: string, output: string): string =>
      `signature "${output}" (%x: tensor<2xf32>) -> ("y") { ${handle('v')} ${text} return %y }`;
    const both = `${body(`${assign('v', 'x')} %y = tf.Sin(%x)`, 'a')}\n${body(`%y = ${read('v')}`, 'b')}`;
    expect(transform(removeDeadAssignments, both)).toContain('tf.AssignVariableOp');
    const branch = `%c = const true : tensor<i1>
      %z = tf.If(%c, %x) (%d: tensor<2xf32>) { ${handle('u').replace('variable = "u"', 'variable = "v"')} ${assign('u', 'd')} return %d } (%d: tensor<2xf32>) { return %d }
      %a = ${read('v')} %y = tf.AddV2(%a, %z)`;
    expect(transform(removeDeadAssignments, body(branch, 'a'))).toContain('tf.AssignVariableOp');
  });
});
