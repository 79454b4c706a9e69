import type { RunRecord } from '#record/record.js';
import type { VariantGraphs } from './html/graph-view.js';
import { renderHtml } from './html/render-html.js';
import { renderJunit } from './junit.js';
import { renderMarkdown } from './markdown/render-markdown.js';
import { renderSarif } from './sarif.js';
import { renderText } from './text/render-text.js';

export type ReportFormat = 'text' | 'markdown' | 'html' | 'sarif' | 'junit';

export interface RenderOptions {
  /** For the formats that show graphs, by `graphKey`. */
  readonly graphs?: ReadonlyMap<string, VariantGraphs> | undefined;
}

/** Whole documents are read in files, where nothing limits their length. */
const UNLIMITED = Number.MAX_SAFE_INTEGER;

/** Renders a record in a format of `tflite-gate report`. */
export function renderRecord(record: RunRecord, format: ReportFormat, options: RenderOptions = {}): string {
  switch (format) {
    case 'text':
      return renderText(record);
    case 'markdown':
      return renderMarkdown(record, { limit: UNLIMITED, measure: ({ length }) => length, folded: false });
    case 'html':
      return renderHtml(record, options);
    case 'sarif':
      return renderSarif(record);
    case 'junit':
      return renderJunit(record);
  }
}
