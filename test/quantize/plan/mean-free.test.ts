import { expect, test } from '@jest/globals';
import { MeanFree } from '#quantize/plan/mean-free.js';
import { parse } from '../../support/dialects.js';

/** Whether the result of the one signature has no mean. */
function resultOf(body: string): boolean {
  const module = parse(`signature "f" (%x: tensor<2x4xf32>) -> ("y") { ${body} return %y }`);
  const [region] = module.regions();
  return new MeanFree(module).has(region?.outputs[0] as NonNullable<typeof region>['outputs'][number]);
}

const loop = (start: string, next: string) => `%n = const 0 : tensor<i32> ${start}
  %m, %y = tfl.while(%n, %s) (%n: tensor<i32>, %h: tensor<2x4xf32>) {
    %end = const 4 : tensor<i32> %more = tfl.less(%n, %end) return %more }
  (%n: tensor<i32>, %h: tensor<2x4xf32>) {
    %one = const 1 : tensor<i32> %next = tfl.add(%n, %one) ${next} return %next, %new }`;
const rows = '%i = const [0, 1] : tensor<2xi32>';

test.each([
  ['an input', '%y = tfl.abs(%x)', false],
  ['what TANH gives', '%y = tfl.tanh(%x)', true],
  ['scaled by a gate', '%a = tfl.tanh(%x) %g = tfl.logistic(%x) %y = tfl.mul(%a, %g)', true],
  ['a gate', '%y = tfl.logistic(%x)', false],
  ['a sum', '%a = tfl.tanh(%x) %b = tfl.tanh(%a) %y = tfl.add(%a, %b)', true],
  ['a sum with something that has one', '%a = tfl.tanh(%x) %y = tfl.add(%a, %x)', false],
  [
    'rows of a table around zero',
    `${rows} %t = const [[-1, 1], [2, -2]] : tensor<2x2xf32> %y = tfl.gather(%t, %i)`,
    true,
  ],
  [
    'rows of a table beside it',
    `${rows} %t = const [[1, 1], [2, -2]] : tensor<2x2xf32> %y = tfl.gather(%t, %i)`,
    false,
  ],
  ['a loop of such', loop('%s = const splat(0) : tensor<2x4xf32>', '%a = tfl.tanh(%h) %new = tfl.add(%h, %a)'), true],
  ['a loop that starts elsewhere', loop('%s = tfl.abs(%x)', '%a = tfl.tanh(%h) %new = tfl.add(%h, %a)'), false],
  ['a loop that goes elsewhere', loop('%s = const splat(0) : tensor<2x4xf32>', '%new = tfl.relu(%h)'), false],
  ['cut off at zero', '%a = tfl.tanh(%x) %y = tfl.relu(%a)', false],
])('%s', (_, body, expected) => {
  expect(resultOf(body)).toBe(expected);
});
