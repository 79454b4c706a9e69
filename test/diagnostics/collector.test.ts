import { describe, expect, test } from '@jest/globals';
import { Collector } from '#diagnostics/diagnostic.js';

const found = { op: 'Foo', detail: 'TFLite has no op for it' };

describe('a collector', () => {
  test('tells a node that several signatures reach once, and of none of them', () => {
    const collector = new Collector();
    for (const signature of ['classify', 'predict', 'predict', 'serve']) {
      const fused = [{ signature, node: 'a' }];
      collector.add('unsupported-op', { ...found, locations: [{ signature, node: 'a', fused }] });
      collector.add('unsupported-op', { ...found, locations: [{ signature, node: `b/${signature}` }] });
    }
    expect(collector.diagnostics.map(({ locations }) => locations)).toEqual([
      [{ node: 'a', fused: [{ node: 'a' }] }],
      [{ signature: 'classify', node: 'b/classify' }],
      [{ signature: 'predict', node: 'b/predict' }],
      [{ signature: 'serve', node: 'b/serve' }],
    ]);
  });

  test('keeps findings apart that say something else, or have no place', () => {
    const collector = new Collector();
    const locations = [{ signature: 'serve', node: 'a' }];
    collector.add('unsupported-op', { ...found, locations });
    collector.add('unsupported-op', { ...found, detail: 'of rank 7', locations });
    collector.add('unsupported-op', { ...found, op: 'Bar', locations });
    collector.add('unsupported-op', found);
    collector.add('unsupported-op', found);
    expect(collector.diagnostics).toHaveLength(5);
    expect(collector.diagnostics[0]?.locations).toEqual(locations);
  });
});
