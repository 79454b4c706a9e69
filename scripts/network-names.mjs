/** How networks of the benchmarks are called where people read of them. */
export const NETWORK_NAMES = {
  mobilenet_v2: 'MobileNetV2',
  resnet50: 'ResNet50',
  efficientnet_b0: 'EfficientNetB0',
  convnext_tiny: 'ConvNeXtTiny',
  encoder: '2-layer transformer encoder',
  keyword_spotter: 'Keyword spotter',
  basic_pitch: 'Basic Pitch',
  digits: 'The example `digits`',
};
