import type { Location } from './location.js';
import { printable } from './printable.js';

/** A place in words, the most useful part first: `m.py:12, layer conv, node net/conv/Conv2D (in the function f)`. */
export function renderLocation({ file, line, signature, function: name, node, layer, frames }: Location): string {
  const parts: string[] = [];
  const [frame] = frames ?? [];
  if (frame) parts.push(`${printable(frame.file)}:${frame.line}`);
  if (layer !== undefined) parts.push(`layer ${printable(layer)}`);
  if (node !== undefined) parts.push(`node ${printable(node)}`);
  if (signature !== undefined) parts.push(`signature ${printable(signature)}`);
  if (file !== undefined) parts.push(line === undefined ? printable(file) : `${printable(file)}:${line}`);
  const place = parts.join(', ');
  if (name === undefined) return place;
  return `${place}${place && ' '}(in the function ${printable(name)})`;
}
