import type { RunRecord } from '#record/record.js';
import { renderText } from './text/render-text.js';

/** Renders a record in a format of `tflite-gate report`. `modelsFolder`: where `models/` lies, for what needs the files. */
export function renderRecord(record: RunRecord, format: string, _modelsFolder?: string): string {
  switch (format) {
    default:
      return renderText(record);
  }
}
