import { describe, expect, test } from '@jest/globals';
import type { Interpreter, RunInputs, RunResult } from '#runtime/interpreter.js';
import { InterpreterPool } from '#runtime/interpreter-pool.js';
import { RememberedRuns } from '#runtime/remembered-runs.js';
import { Tensor } from '#tensor/tensor.js';

/** Doubles its input, after so many milliseconds for each unit of it; negative ones fail. */
class Doubling implements Interpreter {
  readonly signatures = [{ key: 'double', inputs: [], outputs: [] }];
  runs = 0;
  atOnce = 0;
  most = 0;
  disposed = 0;

  intermediates() {
    return [];
  }

  async run(inputs: RunInputs): Promise<RunResult> {
    this.runs++;
    this.most = Math.max(this.most, ++this.atOnce);
    const value = (inputs as Map<string, Tensor>).get('x')?.data[0] as number;
    await new Promise((resolve) => setTimeout(resolve, Math.abs(value)));
    this.atOnce--;
    if (value < 0) throw new Error('negative');
    return { outputs: new Map([['y', Tensor.float32([2 * value])]]), tensors: new Map(), milliseconds: value };
  }

  async dispose(): Promise<void> {
    this.disposed++;
  }
}

const given = (value: number) => new Map([['x', Tensor.float32([value])]]);
const resultOf = ({ outputs }: RunResult) => outputs.get('y')?.data[0];

describe('interpreters as one', () => {
  test('share the runs, and each run gets its own result', async () => {
    const members = [new Doubling(), new Doubling(), new Doubling()];
    const pool = new InterpreterPool(members);
    expect(pool.signatures).toBe(members[0]?.signatures);
    const values = [9, 1, 5, 2, 8, 3];
    const results = await Promise.all(values.map(async (value) => resultOf(await pool.run(given(value)))));
    expect(results).toEqual(values.map((value) => 2 * value));
    expect(members.map(({ runs }) => runs)).toEqual([2, 2, 2]);
    await pool.dispose();
    expect(members.map(({ disposed }) => disposed)).toEqual([1, 1, 1]);
  });

  test('go on after a failure', async () => {
    const members = [new Doubling(), new Doubling()];
    const pool = new InterpreterPool(members);
    await expect(pool.run(given(-1))).rejects.toThrow('negative');
    await Promise.all([pool.run(given(3)), pool.run(given(3))]);
    expect(members.map(({ runs }) => runs)).toEqual([2, 1]);
  });
});

describe('runs that are remembered', () => {
  test('are not carried out again, unless they differ', async () => {
    const interpreter = new Doubling();
    const remembered = new RememberedRuns(interpreter, 1000);
    for (const value of [3, 4, 3, 4]) expect(resultOf(await remembered.run(given(value)))).toBe(2 * value);
    expect(interpreter.runs).toBe(2);
    await remembered.run(given(3), { signature: 'double' });
    await remembered.run(new Map([['other', Tensor.float32([3])], ...given(3)]));
    expect(interpreter.runs).toBe(4);
    await remembered.dispose();
    expect(interpreter.disposed).toBe(1);
  });

  test('are few where there is little room, and failures are none of them', async () => {
    const interpreter = new Doubling();
    const remembered = new RememberedRuns(interpreter, 4);
    for (const value of [1, 2, 1, 2]) expect(resultOf(await remembered.run(given(value)))).toBe(2 * value);
    expect(interpreter.runs).toBe(3);
    for (let i = 0; i < 2; i++) await expect(remembered.run(given(-1))).rejects.toThrow('negative');
    expect(interpreter.runs).toBe(5);
  });
});
