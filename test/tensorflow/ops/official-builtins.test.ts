import { describe, expect, test } from '@jest/globals';
import { tfOpByName } from '#tensorflow/ops/index.js';

/** What the official converter (of TensorFlow 2.21) makes builtins of, by where it does; last, what it refuses. */
const official: Readonly<Record<string, string>> = {
  'table of patterns':
    'Abs Add AddN AddV2 All Any ApproxTopK ArgMax ArgMin Atan2 AvgPool BatchMatMul BatchMatMulV2 BatchMatMulV3 BatchToSpaceND BiasAdd Bitcast BitwiseXor BroadcastArgs BroadcastTo Bucketize Cast Ceil ComplexAbs Const Conv2DBackpropInput Cos Cumsum DepthToSpace Div Elu Equal Exp ExpandDims FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars Fill Floor FloorDiv FloorMod Gather GatherNd GatherV2 Greater GreaterEqual Imag LRN LeakyRelu Less LessEqual Log Log1p LogSoftmax LogicalAnd LogicalNot LogicalOr MatrixDiag MatrixSetDiagV3 Max MaxPool Maximum Mean Min Minimum MirrorPad Mul Multinomial Neg NonMaxSuppressionV4 NonMaxSuppressionV5 NotEqual OneHot Pad PadV2 Pow Prod QuantizeAndDequantizeV4 RFFT2D RandomStandardNormal RandomUniform Range Rank Real RealDiv Relu Relu6 Reshape ResizeBilinear ResizeNearestNeighbor ReverseSequence ReverseV2 RightShift Round Rsqrt ScatterNd SegmentSum Select SelectV2 Shape Sigmoid SigmoidGrad Sign Sin Slice Softmax Softplus Softsign SpaceToBatchND SpaceToDepth SparseToDense Sqrt Square SquaredDifference Squeeze StridedSlice Sub Sum Tanh Tile TopKV2 Transpose Unique UnsortedSegmentMax UnsortedSegmentMin UnsortedSegmentProd UnsortedSegmentSum Where XlaDynamicUpdateSlice ZerosLike',
  code: 'ConcatV2 MatMul MatrixDiagV2 MatrixDiagV3 Pack Split SplitV Unpack Conv3D Conv3DBackpropInputV2 Assert',
  preparation:
    'Conv2D DepthwiseConv2dNative FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 BatchNormWithGlobalNormalization Einsum RFFT MatrixSetDiagV2 TensorScatterAdd CheckNumerics Snapshot StopGradient PreventGradient PlaceholderWithDefault Identity IdentityN XlaSharding XlaConvV2 XlaGather FakeQuantWithMinMaxVarsPerChannel',
  'other ops of TensorFlow':
    'BiasAddGrad DivNoNan MulNoNan TruncateDiv Empty Inv Reciprocal IsInf IsNan IsFinite L2Loss Rint RsqrtGrad SqrtGrad TanhGrad Size OnesLike Xdivy Xlog1py Xlogy TensorScatterUpdate Selu SeluGrad Expm1 MatrixBandPart DynamicStitch ParallelDynamicStitch InvertPermutation Lgamma SparseMatMul Roll SoftmaxCrossEntropyWithLogits SparseSoftmaxCrossEntropyWithLogits Dequantize',
  'state and control flow':
    'VarHandleOp ReadVariableOp AssignVariableOp AssignAddVariableOp AssignSubVariableOp ResourceGather ResourceScatterUpdate HashTableV2 LookupTableFindV2 LookupTableImportV2 LookupTableSizeV2 InitializeTableFromTextFileV2 While StatelessWhile If StatelessIf Case PartitionedCall StatefulPartitionedCall TensorListReserve TensorListSetItem TensorListGetItem TensorListStack TensorListFromTensor TensorListPushBack TensorListResize TensorListLength TensorListConcatV2 EmptyTensorList',
  'refused there':
    'AvgPool3D MaxPool3D MaxPoolWithArgmax IRFFT2D BroadcastGradientArgs Erf Erfc Cumprod RandomUniformInt TruncatedNormal NonMaxSuppressionV2 NonMaxSuppressionV3 CombinedNonMaxSuppression Mfcc AudioSpectrogram StatelessCase ResizeArea ResizeBicubic Complex',
};

/** Ops without a definition, or without a lowering in it: what becomes of them instead. */
const elsewhere: Readonly<Record<string, string>> = {
  Const: 'read as a constant of the IR',
  PartitionedCall: 'inlined on import',
  StatefulPartitionedCall: 'inlined on import',
  HashTableV2: 'a part of the look-ups that `lower-tables` makes',
  ...Object.fromEntries(
    ['Reserve', 'SetItem', 'GetItem', 'Stack', 'FromTensor', 'PushBack', 'Resize', 'Length', 'ConcatV2'].map((end) => [
      `TensorList${end}`,
      'made a tensor by `lower-tensor-lists`',
    ]),
  ),
  EmptyTensorList: 'made a tensor by `lower-tensor-lists`',
};

describe.each(Object.entries(official))('ops of the list: %s', (_, text) => {
  const names = text.split(' ');
  test('are all lowered', () => {
    const missing = names.filter((name) => !tfOpByName.get(name)?.lower && !(name in elsewhere));
    expect(missing).toEqual([]);
  });

  test('need no exception that is listed no more', () => {
    expect(names.filter((name) => name in elsewhere && tfOpByName.get(name)?.lower)).toEqual([]);
  });
});

test('every exception is of an op of the list', () => {
  const names = new Set(Object.values(official).flatMap((text) => text.split(' ')));
  expect(Object.keys(elsewhere).filter((name) => !names.has(name))).toEqual([]);
  expect(names.size).toBeGreaterThan(220);
});
