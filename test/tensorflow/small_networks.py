"""Small networks of shapes that `keras.applications` does not have."""

from __future__ import annotations

import keras
from keras import layers


def unet(size: int = 128, classes: int = 4) -> keras.Model:
    """A U-Net whose upward path uses both ways of growing: transposed convolution and resizing."""
    image = keras.Input((size, size, 3), name="image")
    x = layers.Rescaling(1 / 255.0)(image)
    skips = []
    for filters in (16, 32, 64):
        x = _conv_bn_relu(_conv_bn_relu(x, filters), filters)
        skips.append(x)
        x = layers.MaxPooling2D()(x)
    x = _conv_bn_relu(_conv_bn_relu(x, 128), 128)
    for filters, skip, transposed in zip((64, 32, 16), reversed(skips), (True, False, True)):
        if transposed:
            x = layers.Conv2DTranspose(filters, 3, strides=2, padding="same", activation="relu")(x)
        else:
            x = layers.UpSampling2D(interpolation="bilinear")(x)
            x = layers.Conv2D(filters, 1, activation="relu")(x)
        x = layers.Concatenate()([skip, x])
        x = _conv_bn_relu(_conv_bn_relu(x, filters), filters)
    return keras.Model(image, layers.Conv2D(classes, 1, name="logits")(x), name="unet")


def _conv_bn_relu(x: keras.KerasTensor, filters: int) -> keras.KerasTensor:
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def keyword_spotter(words: int = 12) -> keras.Model:
    """A depthwise-separable network over 49 frames of 10 MFCCs, of the kind microcontrollers run."""
    mfcc = keras.Input((49, 10, 1), name="mfcc")
    x = layers.Conv2D(64, (10, 4), strides=2, padding="same", use_bias=False)(mfcc)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    for _ in range(4):
        x = layers.DepthwiseConv2D(3, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
        x = layers.Conv2D(64, 1, use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Dropout(0.4)(layers.GlobalAveragePooling2D()(x))
    return keras.Model(mfcc, layers.Dense(words, name="logits")(x), name="keyword_spotter")


def tcn(steps: int = 128, features: int = 16, classes: int = 6) -> keras.Model:
    """A temporal convolutional network: residual blocks of dilated causal convolutions."""
    series = keras.Input((steps, features), name="series")
    x = layers.Conv1D(32, 1)(series)
    for dilation in (1, 2, 4, 8):
        y = x
        for _ in range(2):
            y = layers.Conv1D(32, 3, padding="causal", dilation_rate=dilation)(y)
            y = layers.ReLU()(layers.BatchNormalization()(y))
        x = layers.ReLU()(layers.Add()([x, y]))
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(series, layers.Dense(classes, name="logits")(x), name="tcn")


class TokenAndPosition(layers.Layer):
    """Adds a learned vector for the place of each token to the one for the token itself."""

    def __init__(self, vocabulary: int, length: int, width: int) -> None:
        super().__init__()
        self.length = length
        self.tokens = layers.Embedding(vocabulary, width)
        self.positions = layers.Embedding(length, width)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.tokens.build(input_shape)
        self.positions.build((self.length,))
        self.built = True

    def call(self, tokens: keras.KerasTensor) -> keras.KerasTensor:
        return self.tokens(tokens) + self.positions(keras.ops.arange(self.length))


def encoder(
    vocabulary: int = 2000, length: int = 64, width: int = 128, heads: int = 4, classes: int = 8
) -> keras.Model:
    """A two-layer transformer encoder over int32 tokens."""
    tokens = keras.Input((length,), dtype="int32", name="tokens")
    x = TokenAndPosition(vocabulary, length, width)(tokens)
    for _ in range(2):
        y = layers.MultiHeadAttention(heads, width // heads)(x, x)
        x = layers.LayerNormalization()(layers.Add()([x, layers.Dropout(0.1)(y)]))
        y = layers.Dense(4 * width, activation="gelu")(x)
        y = layers.Dense(width)(y)
        x = layers.LayerNormalization()(layers.Add()([x, layers.Dropout(0.1)(y)]))
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(tokens, layers.Dense(classes, name="logits")(x), name="encoder")
