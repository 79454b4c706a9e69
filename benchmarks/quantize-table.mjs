// The table of bench:quantize, and the bars that ours is held to.

export const SIDES = ['ours', 'official', 'ai-edge'];
const ACCURACY_BAR = 0.005;
const SIZE_BAR = 0.3;

const HEADINGS = ['network', 'scheme', 'side', 'bytes', 'of float', 'SQNR dB', 'worst', 'top-1', 'float ops', 'Q/DQ'];
const WIDTHS = [15, 11, 8, 10, 8, 8, 7, 6, 9, 6];

const line = (cells, last = '') =>
  `| ${cells.map((cell, i) => (i < 3 ? cell.padEnd(WIDTHS[i]) : cell.padStart(WIDTHS[i]))).join(' | ')} | ${last} |`;

export const header = [
  line(HEADINGS, 'note'),
  line(
    WIDTHS.map((width) => '-'.repeat(width)),
    '---',
  ),
].join('\n');

/** One side's result of one scheme; `float` is the float model's size. */
export function row(network, scheme, side, result, float) {
  const start = [network, scheme, side];
  if (result.size === undefined) {
    const note = result.absent ? 'has no such scheme' : `fails: ${result.error}`;
    return line([...start, '—', '', '', '', '', '', ''], note);
  }
  const notes = [];
  if (result.refused) notes.push(`XNNPACK refuses it: ${result.refused}`);
  if (result.error) notes.push(`does not run: ${result.error}`);
  if (result.accuracy !== undefined) notes.push(`accuracy ${(100 * result.accuracy).toFixed(1)} %`);
  const { QUANTIZE = 0, DEQUANTIZE = 0 } = result.op_counts;
  const floatOps = Object.values(result.float_ops).reduce((sum, count) => sum + count, 0);
  const cells = [
    String(result.size),
    float ? `${((100 * result.size) / float).toFixed(1)} %` : '',
    result.sqnr_db?.toFixed(2) ?? '—',
    result.worst_sqnr_db?.toFixed(2) ?? '—',
    result.argmax_agreement === undefined ? '—' : `${(100 * result.argmax_agreement).toFixed(1)}`,
    String(floatOps),
    `${QUANTIZE}/${DEQUANTIZE}`,
  ];
  return line([...start, ...cells], notes.join('; '));
}

/** An int8-only model with float ops is none. */
export function meets(scheme, result) {
  if (result.sqnr_db === undefined) return false;
  return scheme !== 'int8-only' || Object.keys(result.float_ops).length === 0;
}

/** What ours misses in one scheme of one network, as sentences. */
export function misses(network, scheme, results, float) {
  const { ours, ...others } = results;
  if (!meets(scheme, ours)) {
    if (refusesRightly(scheme, ours, Object.values(others))) return [];
    if (ours.error) return [`ours: ${ours.error}`];
    return [`ours leaves float ops: ${Object.keys(ours.float_ops ?? {}).join(', ')}`];
  }
  const missed = ours.refused ? [`XNNPACK refuses ours: ${ours.refused}`] : [];
  for (const [side, other] of Object.entries(others)) {
    if (!meets(scheme, other)) continue;
    const figures = `${other.size} bytes, ${other.sqnr_db} dB; ours ${ours.size} bytes, ${ours.sqnr_db} dB`;
    if (other.size < ours.size && other.sqnr_db > ours.sqnr_db) {
      missed.push(`${side} is both smaller and more exact: ${figures}`);
    } else if (scheme === 'int8' && !(ours.sqnr_db > other.sqnr_db && ours.size <= other.size)) {
      missed.push(`ours is not more exact than ${side} at no greater size: ${figures}`);
    }
  }
  if (network === 'digits' && scheme === 'int8') missed.push(...missesOnDigits(ours, float));
  return missed;
}

/** Where an op cannot be int8, int8-only is an error that names it; unless another tool shows that it can. */
function refusesRightly(scheme, ours, others) {
  const names = /[A-Z0-9_]+ cannot be int8/.test(ours.error ?? '');
  return scheme === 'int8-only' && names && !others.some((other) => meets(scheme, other));
}

function missesOnDigits(ours, float) {
  const missed = [];
  if (ours.accuracy < ours.float_accuracy - ACCURACY_BAR) {
    missed.push(`accuracy ${ours.accuracy}, float ${ours.float_accuracy}`);
  }
  if (ours.size > SIZE_BAR * float) missed.push(`${ours.size} bytes are more than 30 % of ${float}`);
  return missed;
}
