import type { Collector } from '#diagnostics/diagnostic.js';
import type { Op } from '#ir/graph.js';
import { isFlexOp } from './op-signatures.js';

/** An op that became a custom op, and under which name. */
export interface ForeignOp {
  readonly op: Op;
  readonly code: string;
}

/** Says once for each kind of kernel what the application has to bring along. */
export function reportForeignOps(foreign: readonly ForeignOp[], collector: Collector): void {
  const flex = foreign.filter(({ code, op }) => code === `Flex${nameOf(op)}`);
  const custom = foreign.filter((each) => !flex.includes(each));
  if (flex.length > 0) {
    collector.add('needs-flex-delegate', {
      detail: `TensorFlow's own kernels compute ${counted(flex)}.`,
      locations: flex.map(({ op }) => op.location),
    });
  }
  const unlisted = flex.filter(({ op }) => !isFlexOp(nameOf(op)));
  if (unlisted.length > 0) {
    collector.add('unlisted-flex-op', {
      detail: `The official converter takes no ${counted(unlisted)} for Flex: a delegate that is not built for this model may lack the kernel.`,
      locations: unlisted.map(({ op }) => op.location),
    });
  }
  if (custom.length > 0) {
    collector.add('needs-custom-kernel', {
      detail: `The application must register kernels for ${counted(custom)}.`,
      locations: custom.map(({ op }) => op.location),
    });
  }
}

function nameOf({ name }: Op): string {
  return name.replace(/^tf\./, '');
}

/** `Cholesky, StringNGrams (2)`: signatures mostly share their nodes, so each place counts once. */
function counted(foreign: readonly ForeignOp[]): string {
  const places = new Map<string, Set<string>>();
  for (const { op } of foreign) {
    const { function: within, node } = op.location;
    places.set(nameOf(op), (places.get(nameOf(op)) ?? new Set()).add(JSON.stringify([within, node])));
  }
  return [...places]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { size }]) => (size === 1 ? name : `${name} (${size})`))
    .join(', ');
}
