import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import type { Value } from '#ir/graph.js';
import { ruleFromCode } from '#tensorflow/replacements/code-rule.js';
import { convert, DiagnosticError, defineReplacement } from '../src/index.js';
import { loadReplacements, replacementsBy, verifyReplacements } from '../src/replacements.js';

jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), 'replacements-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function refusal(action: Promise<unknown>): Promise<string> {
  const error = await action.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof DiagnosticError)) throw new Error(`not refused: ${error}`);
  return error.diagnostics
    .map(({ code, detail, help }) => `${code}: ${detail} ${help.join(' ')}`)
    .join('\n')
    .replaceAll(folder, '');
}

const model = 'test/tensorflow/replacements/models/erf-tanh';
const code = { allowCode: true };

/** What is said of a model that was converted by these rules. */
async function findings(path: string): Promise<string[]> {
  const replacements = replacementsBy(await loadReplacements([path], code));
  convert(model, { replacements });
  return (await verifyReplacements(replacements.applied)).map(
    (found) => `${found.severity} ${found.code}: ${found.detail}`,
  );
}

describe('loadReplacements', () => {
  test('an ES module exports a rule in code', async () => {
    const path = file(
      'rule.mjs',
      `export default { name: 'mine', tolerance: 1e-3, pattern: { y: 'Erf(x)' }, replace({ values: { x } }, build) {
        const cube = build.op('Mul', [build.op('Mul', [x, x]), x]);
        return build.op('Tanh', [build.op('Mul', [build.op('Add', [x, build.op('Mul', [cube, 0.08943])]), 1.12837917])]);
      } };`,
    );
    expect(await findings(path)).toEqual([
      expect.stringMatching(/^notice replacement-made: mine: both sides were run/),
    ]);
    expect(await refusal(loadReplacements([path], { allowCode: false }))).toMatch(
      /rules from programs are not allowed/,
    );
  });

  test('a rule in code may look at types, and what it throws is told', async () => {
    const rule = (replace: Parameters<typeof defineReplacement>[0]['replace']) =>
      replacementsBy([
        ruleFromCode(defineReplacement({ name: 'mine', tolerance: 1, pattern: { y: 'Erf(x)' }, replace })),
      ]);
    const replacements = rule(({ values }, build) => build.op('Tanh', [values['x'] as Value]));
    convert(model, { replacements });
    expect(replacements.applied).toHaveLength(1);
    const failing = rule(() => {
      throw new Error('not today');
    });
    expect(() => convert(model, { replacements: failing })).toThrow(/does not fit: `replace` throws: not today/);
  });

  test('what is no rule', async () => {
    expect(await refusal(loadReplacements(['erf-tan'], code))).toMatchInlineSnapshot(
      `"invalid-option: --replacements erf-tan is neither a ready rule nor a YAML file nor an ES module. Did you mean \`erf-tanh\`?"`,
    );
    expect(await refusal(loadReplacements(['erf-tanh', 'erf-tanh'], code))).toMatchInlineSnapshot(
      `"invalid-option: There are two replacement rules named erf-tanh. "`,
    );
    expect(await refusal(loadReplacements([join(folder, 'none.yaml')], code))).toMatch(/^file-unreadable/);
    expect(await refusal(loadReplacements([file('a.mjs', 'export default 1;')], code))).toMatchInlineSnapshot(
      `"invalid-option: /a.mjs exports no replacement rule: a rule has a name, a pattern, a tolerance and a function \`replace\`. Export \`defineReplacement({ … })\`, or a list of such, as the default."`,
    );
    expect(await refusal(loadReplacements([file('b.mjs', 'throw new Error("no")')], code))).toMatch(
      /cannot be loaded: no/,
    );
  });
});

describe('verifyReplacements', () => {
  test('a replacement that computes something else is shown with where it does', async () => {
    const path = file('wrong.yaml', 'name: wrong\ntolerance: 0.01\npattern: {y: Erf(x)}\nreplacement: {y: Tanh(x)}\n');
    expect(await findings(path)).toMatchInlineSnapshot(`
[
  "error replacement-differs: wrong: for x = -0.38153 the replacement gives -0.364034 in place of -0.410501: a difference of 0.046, where 0.01 is allowed.",
]
`);
  });

  test('what cannot be run is unverified', async () => {
    const path = file(
      'odd.yaml',
      'name: odd\ntolerance: 0\npattern:\n  y: Cross(a, b)\nreplacement: {y: "Sub(a, b)"}\n',
    );
    const replacements = replacementsBy(await loadReplacements([path], code));
    convert('test/tensorflow/replacements/models/cross-product', { replacements });
    const [found] = await verifyReplacements(replacements.applied);
    expect([found?.severity, found?.code]).toEqual(['warning', 'replacement-unverified']);
  });
});
