import { describe, expect, test } from '@jest/globals';
import { Collector, DiagnosticError } from '#diagnostics/diagnostic.js';
import { parseModule } from '#ir/parse.js';
import { definePass, type Pass } from '#passes/pass.js';
import { type PassObserver, runPasses } from '#passes/run-passes.js';
import { toyOps } from '../ir/toy-dialect.js';

const module = () =>
  parseModule('signature "s" (%x: tensor<2xf32>) -> ("y") { %y = toy.neg(%x) loc("n") return %y }', toyOps);

/** Makes `edits` edits, one a run. */
function edits(name: string, count: number): Pass {
  let left = count;
  return definePass({
    name,
    summary: 'For tests',
    run(target, { editor }) {
      const [op] = target.ops();
      if (op && left-- > 0) editor.setAttributes(op, {});
    },
  });
}

function log(events: string[], label = ''): PassObserver {
  return {
    before: (pass) => events.push(`${label}before ${pass.name}`),
    after: (pass, _, changed) => events.push(`${label}after ${pass.name} ${changed}`),
    failed: (pass, _, error) => events.push(`${label}failed ${pass.name}: ${(error as Error).message}`),
  };
}

describe('runPasses', () => {
  test('repeats until a round changes nothing', () => {
    const events: string[] = [];
    runPasses(module(), [{ repeat: [edits('a', 2), edits('b', 1)] }], [log(events)]);
    expect(events.filter((event) => event.startsWith('after'))).toEqual([
      'after a true',
      'after b true',
      'after a true',
      'after b false',
      'after a false',
    ]);
  });

  test('a pass that found nothing to do runs again only after an edit of another one', () => {
    const events: string[] = [];
    runPasses(module(), [{ repeat: [edits('a', 0), edits('b', 1), edits('c', 0)] }], [log(events)]);
    expect(events.filter((event) => event.startsWith('after'))).toEqual([
      'after a false',
      'after b true',
      'after c false',
      'after a false',
      'after b false',
    ]);
  });

  test('passes that do not come to rest are a defect that names them', () => {
    const steps = [{ repeat: [edits('a', 9), edits('b', 0)], limit: 5 }];
    expect(() => runPasses(module(), steps)).toThrow('a, b still change the module after 5 rounds');
  });

  test('observers nest, and hear of failures', () => {
    const events: string[] = [];
    const broken = definePass({
      name: 'broken',
      summary: 'For tests',
      run: () => {
        throw new Error('no');
      },
    });
    expect(() => runPasses(module(), [edits('a', 0), broken], [log(events, '1 '), log(events, '2 ')])).toThrow('no');
    expect(events).toEqual([
      '1 before a',
      '2 before a',
      '2 after a false',
      '1 after a false',
      '1 before broken',
      '2 before broken',
      '2 failed broken: no',
      '1 failed broken: no',
    ]);
  });

  test('the first pass that collects errors is the last', () => {
    const events: string[] = [];
    const collecting = definePass({
      name: 'collecting',
      summary: 'For tests',
      run(_, { collector }) {
        for (const detail of ['one', 'two']) collector.add('invalid-graph', { detail });
      },
    });
    const collector = new Collector();
    expect(() => runPasses(module(), [collecting, edits('a', 0)], [log(events)], collector)).toThrow(DiagnosticError);
    expect(collector.diagnostics.map(({ detail }) => detail)).toEqual(['one', 'two']);
    expect(events).not.toContain('before a');
  });
});
