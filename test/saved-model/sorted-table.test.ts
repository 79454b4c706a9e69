import { describe, expect, test } from '@jest/globals';
import { readSortedTable } from '#saved-model/sorted-table.js';
import { crc32c, maskCrc32c } from '#wire/crc32c.js';
import { failureOf } from './fixtures.js';

const bytes = (text: string) => [...Buffer.from(text, 'latin1')];

/** A block's entries as [shared, rest of the key, value], with one restart point. */
function block(entries: readonly [number, string, number[]][]): number[] {
  const content = entries.flatMap(([shared, rest, value]) => [
    shared,
    rest.length,
    value.length,
    ...bytes(rest),
    ...value,
  ]);
  return [...content, 0, 0, 0, 0, 1, 0, 0, 0];
}

function number32(value: number): number[] {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
}

/** A table of these blocks; each may be given compressed. */
function table(blocks: readonly { stored: number[]; compression: number }[]): Uint8Array {
  const file: number[] = [];
  const append = ({ stored, compression }: { stored: number[]; compression: number }): [number, number] => {
    const offset = file.length;
    const covered = [...stored, compression];
    file.push(...covered, ...number32(maskCrc32c(crc32c(Uint8Array.from(covered)))));
    return [offset, stored.length];
  };
  const handles = blocks.map(append);
  const plain = (stored: number[]) => ({ stored, compression: 0 });
  const meta = append(plain(block([])));
  const index = append(plain(block(handles.map((handle, i) => [0, String.fromCharCode(97 + i), handle]))));
  const footer = [...meta, ...index];
  const magic = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];
  return Uint8Array.from([...file, ...footer, ...new Array(40 - footer.length).fill(0), ...magic]);
}

function entriesOf(file: Uint8Array): [string, number[]][] {
  return [...readSortedTable('variables.index', file)].map(([key, value]) => [key, [...value]]);
}

describe('readSortedTable', () => {
  test('joins keys with what they share with the one before', () => {
    const file = table([
      {
        stored: block([
          [0, '', [1]],
          [0, 'layer/a', [2, 3]],
          [6, 'b', []],
        ]),
        compression: 0,
      },
      { stored: block([[0, 'z\xff', [4]]]), compression: 0 },
    ]);
    expect(entriesOf(file)).toEqual([
      ['', [1]],
      ['layer/a', [2, 3]],
      ['layer/b', []],
      ['z\xff', [4]],
    ]);
  });

  test('decompresses blocks', () => {
    const content = block([[0, 'key', [7, 7, 7, 7, 7, 7, 7, 7]]]);
    // A literal up to the first 7, then a copy of seven more, then a literal.
    const head = content.slice(0, 7);
    const tail = content.slice(14);
    const stored = [
      content.length,
      (head.length - 1) << 2,
      ...head,
      1 | ((7 - 4) << 2),
      1,
      (tail.length - 1) << 2,
      ...tail,
    ];
    expect(entriesOf(table([{ stored, compression: 1 }]))).toEqual([['key', [7, 7, 7, 7, 7, 7, 7, 7]]]);
  });

  test.each<[string, Uint8Array, RegExp]>([
    ['an unknown compression', table([{ stored: block([]), compression: 9 }]), /unknown compression \(9\)/],
    ['a key that shares more than there is', table([{ stored: block([[5, 'a', []]]), compression: 0 }]), /exceeds it/],
    ['restart points beyond the block', table([{ stored: [255, 255, 255, 255], compression: 0 }]), /restart points/],
    ['a block too short for them', table([{ stored: [1], compression: 0 }]), /restart points/],
    ['another kind of file', new Uint8Array(100), /does not end as a checkpoint index does/],
  ])('refuses %s', (_, file, reason) => {
    const failure = failureOf(() => entriesOf(file));
    expect(failure.code).toBe('corrupt-file');
    expect(failure.detail).toMatch(reason);
  });
});
