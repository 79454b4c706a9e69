import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '#config/file/parse-config.js';
import { DiagnosticError } from '#diagnostics/diagnostic.js';
import { exitCodeOf } from '#diagnostics/exit-code.js';
import { renderText } from '#diagnostics/render-text.js';

const FOLDER = 'test/config/fixtures/broken';

describe('broken configurations', () => {
  test.each(readdirSync(FOLDER).sort())('%s', (name) => {
    let thrown: unknown;
    try {
      parseConfig(readFileSync(join(FOLDER, name), 'utf8'), name);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(DiagnosticError);
    expect(exitCodeOf(thrown)).toBe(2);
    const { diagnostics } = thrown as DiagnosticError;
    for (const { detail, locations } of diagnostics) {
      const [, line] = /^[^:]+:(\d+):\d+: /.exec(detail) ?? [];
      expect(locations).toEqual([{ file: name, line: Number(line) }]);
    }
    expect(renderText(diagnostics)).toMatchSnapshot();
  });
});
