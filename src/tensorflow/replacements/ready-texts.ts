import type { RuleText } from './parse-rule.js';

/** A rule that ships with the tool. */
export interface ReadyText extends RuleText {
  /** For the reference page: what it is good for, and what it gives up. */
  readonly about: string;
}

/** The definitions of a polynomial in `w`, the highest coefficient first, by Horner's rule. */
function polynomial(name: string, w: string, coefficients: readonly number[]): Record<string, string> {
  const [first, ...rest] = coefficients;
  const steps = rest.map((coefficient, i): [string, string] => [
    i === rest.length - 1 ? name : `${name}${i}`,
    `Add(Mul(${i === 0 ? first : `${name}${i - 1}`}, ${w}), ${coefficient})`,
  ]);
  return Object.fromEntries(steps.map(([key, text]) => [key, text]));
}

/** The inverse error function of `x` as Giles approximates it for single precision (GPU Computing Gems, 2011). */
function inverseErf(x: string): Record<string, string> {
  return {
    w: `Neg(Log(Mul(Sub(1, ${x}), Add(1, ${x}))))`,
    near: 'Sub(w, 2.5)',
    ...polynomial(
      'p',
      'near',
      [
        2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 2.1858087e-4, -1.25372503e-3, -4.17768164e-3,
        0.246640727, 1.50140941,
      ],
    ),
    far: 'Sub(Sqrt(w), 3)',
    ...polynomial(
      'q',
      'far',
      [
        -2.00214257e-4, 1.00950558e-4, 1.34934322e-3, -3.67342844e-3, 5.73950773e-3, -7.6224613e-3, 9.43887047e-3,
        1.00167406, 2.83297682,
      ],
    ),
    inverse: `Mul(SelectV2(Less(w, 5), p, q), ${x})`,
  };
}

/** All ready rules. The reference page, the tests and the advice for unsupported ops read this list. */
export const readyTexts: readonly ReadyText[] = [
  {
    name: 'erf-tanh',
    summary: 'Erf by a hyperbolic tangent.',
    about:
      'Six cheap ops in place of the long polynomial that gives `Erf` to float32 precision; as exact as the tanh form of GELU.',
    pattern: { y: 'Erf(x)' },
    replacement: {
      cube: 'Mul(Mul(x, x), x)',
      y: 'Tanh(Mul(Add(x, Mul(cube, 0.08943)), 1.1283791670955126))',
    },
    tolerance: 1e-3,
  },
  {
    name: 'hard-swish',
    summary: 'Swish (SiLU) by hard swish.',
    about:
      'For microcontrollers and integer hardware: TFLite has one op for it, and it quantizes well. Train or fine-tune with hard swish where accuracy matters.',
    pattern: { y: 'Mul(x, Sigmoid(x))' },
    replacement: { y: 'Mul(x, Mul(Relu6(Add(x, 3)), 0.16666667))' },
    tolerance: 0.2,
  },
  {
    name: 'hard-sigmoid',
    summary: 'Sigmoid by a piecewise linear function.',
    about: 'For hardware without exponentials: `relu6(x + 3) / 6`, as Keras has it.',
    pattern: { y: 'Sigmoid(x)' },
    replacement: { y: 'Mul(Relu6(Add(x, 3)), 0.16666667)' },
    tolerance: 0.08,
  },
  {
    name: 'cross-product',
    summary: 'Cross products by their components.',
    about: '`tf.linalg.cross`, for vectors of three elements along the last axis. Exact.',
    pattern: { y: 'Cross(a, b)' },
    replacement: {
      y: 'Sub(Mul(GatherV2(a, [1, 2, 0], -1), GatherV2(b, [2, 0, 1], -1)), Mul(GatherV2(a, [2, 0, 1], -1), GatherV2(b, [1, 2, 0], -1)))',
    },
    tolerance: 1e-5,
  },
  {
    name: 'approximate-equal',
    summary: 'Comparison within a tolerance by a difference.',
    about: '`tf.math.approximate_equal`. Exact.',
    pattern: { y: 'ApproximateEqual(a, b, tolerance=$tolerance)' },
    replacement: { y: 'Less(Abs(Sub(a, b)), $tolerance)' },
    tolerance: 0,
  },
  {
    name: 'adjust-contrast',
    summary: 'Contrast of images by their mean.',
    about: '`tf.image.adjust_contrast`, for preprocessing within the model.',
    pattern: { y: 'AdjustContrastv2(images, factor)' },
    replacement: {
      mean: 'Mean(images, [-3, -2], keep_dims=true)',
      y: 'Add(Mul(Sub(images, mean), factor), mean)',
    },
    where: { images: { dtype: ['float32'] } },
    tolerance: 1e-5,
  },
  {
    name: 'rgb-to-hsv',
    summary: 'Colours from RGB to HSV by arithmetic.',
    about: '`tf.image.rgb_to_hsv`, for images with values from 0 to 1.',
    pattern: { y: 'RGBToHSV(images)' },
    replacement: {
      'r, g, b': 'Unpack(images, axis=-1, num=3)',
      v: 'Maximum(r, Maximum(g, b))',
      range: 'Sub(v, Minimum(r, Minimum(g, b)))',
      s: 'DivNoNan(range, v)',
      red: 'DivNoNan(Sub(g, b), Mul(range, 6))',
      green: 'Add(DivNoNan(Sub(b, r), Mul(range, 6)), 0.33333334)',
      blue: 'Add(DivNoNan(Sub(r, g), Mul(range, 6)), 0.6666667)',
      hue: 'SelectV2(Equal(r, v), red, SelectV2(Equal(g, v), green, blue))',
      h: 'SelectV2(Less(hue, 0), Add(hue, 1), hue)',
      coloured: 'Cast(Greater(range, 0), DstT=dtype(images))',
      y: 'Pack(Mul(h, coloured), s, v, axis=-1)',
    },
    samples: { images: [0, 1] },
    tolerance: 1e-5,
  },
  {
    name: 'hsv-to-rgb',
    summary: 'Colours from HSV to RGB by arithmetic.',
    about: '`tf.image.hsv_to_rgb`, for images with values from 0 to 1.',
    pattern: { y: 'HSVToRGB(images)' },
    replacement: {
      'h, s, v': 'Unpack(images, axis=-1, num=3)',
      six: 'Mul(h, 6)',
      red: 'Minimum(Maximum(Sub(Abs(Sub(six, 3)), 1), 0), 1)',
      green: 'Minimum(Maximum(Sub(2, Abs(Sub(six, 2))), 0), 1)',
      blue: 'Minimum(Maximum(Sub(2, Abs(Sub(six, 4))), 0), 1)',
      rest: 'Sub(1, s)',
      r: 'Mul(Add(rest, Mul(s, red)), v)',
      g: 'Mul(Add(rest, Mul(s, green)), v)',
      b: 'Mul(Add(rest, Mul(s, blue)), v)',
      y: 'Pack(r, g, b, axis=-1)',
    },
    samples: { images: [0, 1] },
    tolerance: 1e-5,
  },
  {
    name: 'in-top-k',
    summary: 'Whether targets are among the best predictions, by counting the better ones.',
    about:
      '`tf.math.in_top_k`, for models that carry their metric along. Predictions that are not finite are not treated apart.',
    pattern: { y: 'InTopKV2(predictions, targets, k)' },
    replacement: {
      own: 'GatherV2(predictions, ExpandDims(targets, 1), 1, batch_dims=1)',
      better: 'Sum(Cast(Greater(predictions, own), DstT=dtype(k)), 1)',
      y: 'Less(better, k)',
    },
    samples: { targets: [0, 2], k: [1, 3] },
    tolerance: 0,
  },
  {
    name: 'nth-smallest',
    summary: 'The n-th smallest elements by sorting the smaller ones.',
    about: '`tf.math.nth_element`, with which medians are computed. Exact.',
    pattern: { y: 'NthElement(x, n, reverse=false)' },
    replacement: {
      'values, indices': 'TopKV2(Neg(x), Add(n, 1))',
      y: 'Neg(GatherV2(values, n, -1))',
    },
    samples: { n: [0, 1] },
    tolerance: 0,
  },
  {
    name: 'nth-largest',
    summary: 'The n-th largest elements by sorting the larger ones.',
    about: '`tf.math.nth_element` with `reverse=True`. Exact.',
    pattern: { y: 'NthElement(x, n, reverse=true)' },
    replacement: {
      'values, indices': 'TopKV2(x, Add(n, 1))',
      y: 'GatherV2(values, n, -1)',
    },
    samples: { n: [0, 1] },
    tolerance: 0,
  },
  {
    name: 'histogram',
    summary: 'Histograms of equal bins by counting one-hot rows.',
    about:
      '`tf.histogram_fixed_width` with a constant number of bins. A value that lies on the border of two bins may be counted in the other one.',
    pattern: { y: 'HistogramFixedWidth(values, range, bins, dtype="int32")' },
    replacement: {
      'least, most': 'Unpack(range, axis=0, num=2)',
      scaled: 'Mul(RealDiv(Sub(values, least), Sub(most, least)), Cast(bins, DstT=dtype(values)))',
      bin: 'Maximum(Minimum(Cast(Floor(scaled), DstT="int32"), Sub(bins, 1)), 0)',
      y: 'Sum(Cast(OneHot(Reshape(bin, [-1]), bins, 1.0, 0.0, T="float32"), DstT="int32"), 0)',
    },
    where: { bins: { constant: true } },
    tolerance: 0,
  },
  {
    name: 'segment-mean',
    summary: 'Means of sorted segments by sums and counts.',
    about: '`tf.math.segment_mean`; empty segments give 0, as in TensorFlow.',
    pattern: { y: 'SegmentMean(data, ids)' },
    replacement: {
      y: 'DivNoNan(SegmentSum(data, ids), SegmentSum(OnesLike(data), ids))',
    },
    where: { data: { dtype: ['float32'] } },
    samples: { ids: [0, 0] },
    tolerance: 1e-5,
  },
  {
    name: 'erfinv',
    summary: 'The inverse error function by two polynomials.',
    about:
      "`tf.math.erfinv`, by Giles's approximation for single precision. At ±1, where it is infinite, the result is not a number.",
    pattern: { y: 'Erfinv(x)' },
    replacement: { ...inverseErf('x'), y: 'Identity(inverse)' },
    samples: { x: [-0.99, 0.99] },
    tolerance: 1e-4,
  },
  {
    name: 'ndtri',
    summary: 'Quantiles of the normal distribution by two polynomials.',
    about: '`tf.math.ndtri`, as `erfinv` does it.',
    pattern: { y: 'Ndtri(probability)' },
    replacement: { x: 'Sub(Mul(probability, 2), 1)', ...inverseErf('x'), y: 'Mul(inverse, 1.4142135623730951)' },
    samples: { probability: [0.005, 0.995] },
    tolerance: 1e-4,
  },
  {
    name: 'digamma',
    summary: 'The digamma function of positive numbers by its asymptotic series.',
    about: '`tf.math.digamma`, for positive numbers only: others give wrong results.',
    pattern: { y: 'Digamma(x)' },
    replacement: {
      z: 'Add(x, 6)',
      u: 'Reciprocal(Mul(z, z))',
      series: 'Mul(u, Sub(0.08333333333333333, Mul(u, Sub(0.008333333333333333, Mul(u, 0.003968253968253968)))))',
      low: 'Add(Add(Reciprocal(x), Reciprocal(Add(x, 1))), Reciprocal(Add(x, 2)))',
      high: 'Add(Add(Reciprocal(Add(x, 3)), Reciprocal(Add(x, 4))), Reciprocal(Add(x, 5)))',
      y: 'Sub(Sub(Sub(Log(z), Mul(Reciprocal(z), 0.5)), series), Add(low, high))',
    },
    samples: { x: [0.1, 20] },
    tolerance: 1e-5,
  },
  {
    name: 'bicubic-bilinear',
    summary: 'Bicubic resizing by bilinear resizing.',
    about:
      '`tf.image.resize(method="bicubic")`: images become a little softer. Meant for preprocessing within the model; where it matters, train with bilinear resizing.',
    pattern: { y: 'ResizeBicubic(images, size, align_corners=$corners, half_pixel_centers=$centers)' },
    replacement: { y: 'ResizeBilinear(images, size, align_corners=$corners, half_pixel_centers=$centers)' },
    where: { images: { dtype: ['float32'] } },
    samples: { images: [0, 1] },
    tolerance: 0.5,
  },
  {
    name: 'inverse-2x2',
    summary: 'Inverses of 2×2 matrices by their determinants.',
    about: '`tf.linalg.inv` of a batch of 2×2 matrices. A singular matrix gives infinities where TensorFlow stops.',
    pattern: { y: 'MatrixInverse(x, adjoint=false)' },
    replacement: {
      'top, bottom': 'Unpack(x, axis=-2, num=2)',
      'a, b': 'Unpack(top, axis=-1, num=2)',
      'c, d': 'Unpack(bottom, axis=-1, num=2)',
      scale: 'Reciprocal(Sub(Mul(a, d), Mul(b, c)))',
      first: 'Pack(Mul(d, scale), Mul(Neg(b), scale), axis=-1)',
      second: 'Pack(Mul(Neg(c), scale), Mul(a, scale), axis=-1)',
      y: 'Pack(first, second, axis=-2)',
    },
    where: { x: { dtype: ['float32'], shape: [null, 2, 2] } },
    tolerance: 1e-4,
  },
];

/** Names of the ready rules that replace an op by itself. */
export function readyRulesFor(op: string): readonly string[] {
  return readyTexts
    .filter((text) => rootOf(text) === op && Object.keys(text.pattern).length === 1)
    .map(({ name }) => name);
}

function rootOf({ pattern }: ReadyText): string | undefined {
  return /^\w+/.exec(Object.values(pattern).at(-1) ?? '')?.[0];
}
