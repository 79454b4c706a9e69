import { broadcastShapes, elementCount } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { Elements } from './elements.js';
import { broadcastTo } from './strided.js';

/** NumPy's where(condition, x, y): all three broadcast; x and y have one dtype. */
export function select(condition: Tensor, x: Tensor, y: Tensor): Tensor {
  const values = broadcastShapes(x.shape, y.shape);
  const shape = (values && broadcastShapes(condition.shape, values)) as readonly number[] | undefined;
  if (!shape) throw new RangeError('condition and values do not broadcast');
  const flags = broadcastTo(condition, shape).data;
  const yes = Elements.of(broadcastTo(x, shape));
  const no = Elements.of(broadcastTo(y, shape));
  const count = elementCount(shape);
  const result = Elements.zeros(x.dtype, count);
  for (let i = 0; i < count; i++) result.copy(i, flags[i] === 0 ? no : yes, i, 1);
  return result.toTensor(shape);
}
