import { createHash } from 'node:crypto';
import type { RunRecord } from '#record/record.js';
import { type ModelVariant, orderedVariants, titleOf } from '../ordered-variants.js';
import { toolText } from '../values.js';
import { shortened } from '../visible-text.js';
import { Budget } from './budget.js';
import { metricChangePlot, sizeChangePlot } from './change-plot.js';
import { GraphPictures } from './graph-picture.js';
import { graphKey, type VariantGraphs } from './graph-view.js';
import { layerTable } from './layer-table.js';
import { Markup, markup } from './markup.js';
import { pageScript } from './page-script.js';
import { pageStyle } from './page-style.js';
import { findingSection, summaryHead, summaryTable, variantId } from './summary.js';
import { timingTable } from './timing-table.js';
import { metricNames, tradeOffPlot } from './trade-off-plot.js';
import { variantDetails } from './variant-details.js';
import { verdictMark } from './verdicts.js';

export interface HtmlOptions {
  /** By `graphKey`. */
  readonly graphs?: ReadonlyMap<string, VariantGraphs> | undefined;
}

/** A page of all models together stays one that a browser opens at once. */
const MAX_GRAPH_NODES = 3000;
const MAX_LAYER_ROWS = 4000;
/** Metrics that have pictures of their own. */
const MAX_METRICS = 3;
/** What failed stands open, as long as it is not very much. */
const MAX_OPEN = 5;

/**
 * A record as one HTML page that needs nothing else: the verdict, what of the gate is changed, all models in a table and
 * in pictures, then each variant in detail, with its graph where the caller has it. Nothing that comes from a model, a
 * configuration or data is markup in it, and its security policy lets nothing run or load but its own script and style.
 */
export function renderHtml(record: RunRecord, { graphs }: HtmlOptions = {}): string {
  const variants = orderedVariants(record);
  const pictures = new GraphPictures(new Budget(MAX_GRAPH_NODES));
  const layers = new Budget(MAX_LAYER_ROWS);
  const details = variants.map((each, i) => {
    const { model, variant } = each;
    const title = shortened(titleOf(each), 120);
    const open = variant.verdict !== 'passed' && i < MAX_OPEN;
    return markup`<details class="variant" id="${variantId(i)}"${open ? OPEN : undefined}><summary><h3>${title}</h3> ${verdictMark(variant)}</summary><div>
${variantDetails(each)}
${layerTable(title, variant.layers, layers)}
${pictures.of(title, graphs?.get(graphKey(model.name, variant.name)) ?? {})}</div></details>
`;
  });
  const { text } = markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>TFLite Gate: ${record.verdict}</title>
${STYLE}
</head>
<body>
${summaryHead(record)}<main>
${findingSection(record.findings)}${summaryTable(variants)}${plots(variants)}${details.length > 0 ? markup`<section><h2>In detail</h2>\n${details}</section>\n` : undefined}${timingTable(record.timing)}</main>
<footer class="note">${toolText(record.tool)}${record.config.file === null ? '' : `, ${record.config.file}`}</footer>
${SCRIPT}
</body>
</html>
`;
  return text;
}

const OPEN = markup` open`;

// The only text that is not escaped: both are constants of this program.
const STYLE = rawElement('style', pageStyle);
const SCRIPT = rawElement('script', pageScript);

function rawElement(name: string, content: string): Markup {
  return new Markup(`<${name}>${content}</${name}>`);
}

function policy(): string {
  const hashOf = (content: string): string => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
  return [
    "default-src 'none'",
    `script-src ${hashOf(pageScript)}`,
    `style-src ${hashOf(pageStyle)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function plots(variants: readonly ModelVariant[]): Markup | undefined {
  const names = metricNames(variants).slice(0, MAX_METRICS);
  const drawn = names.flatMap((name) => [
    tradeOffPlot(variants, name),
    metricChangePlot(variants, name, 'reference'),
    metricChangePlot(variants, name, 'base'),
  ]);
  const shown = [...drawn, sizeChangePlot(variants)].filter((plot) => plot !== undefined);
  if (shown.length === 0) return undefined;
  return markup`<section><h2>Size and accuracy</h2>
<div class="plots">
${shown}</div></section>
`;
}
