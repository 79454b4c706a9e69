"""Complex numbers, Fourier transforms, sound, and windows over images."""

from __future__ import annotations

import tensorflow as tf

from op_case_tables.vocabulary import case, f, free, raw


def _complex(x: tf.Tensor) -> tf.Tensor:
    """A complex tensor of half as many channels."""
    real, imaginary = tf.split(x, 2, -1)
    return raw.Complex(real=real, imag=imaginary)


case("Complex", lambda a, c: raw.Complex(real=a, imag=c), free(f(2, 3)), free(f(2, 3)))
case("Complex", lambda a, c: raw.Complex(real=a, imag=c), f(2, 3), f(3))
case("Conj", lambda x: raw.Conj(input=_complex(x)), free(f(2, 6)))
case("Angle", lambda x: raw.Angle(input=_complex(x)), free(f(2, 6)))
for _op in ("AddV2", "Sub", "Mul", "RealDiv"):
    case(_op, lambda a, c, op=_op: getattr(raw, op)(x=_complex(a), y=_complex(c)), free(f(2, 6)), f(1, 6))
case("Neg", lambda x: raw.Neg(x=_complex(x)), free(f(2, 6)))
case("Exp", lambda x: raw.Exp(x=_complex(x)), free(f(2, 6)))
case("RFFT", lambda x: raw.RFFT(input=x, fft_length=[12]), free(f(3, 12)))
case("RFFT", lambda x: raw.RFFT(input=x, fft_length=[7]), free(f(2, 3, 10), 0, 1))
case("RFFT2D", lambda x: raw.RFFT2D(input=x, fft_length=[6, 5]), free(f(2, 6, 5)))
for _length in (8, 7, 12):
    case(
        "IRFFT",
        lambda x, length=_length: raw.IRFFT(input=_complex(x), fft_length=[length]),
        free(f(3, 14)) if _length < 10 else f(2, 3, 14),
    )
case("IRFFT2D", lambda x: raw.IRFFT2D(input=_complex(x), fft_length=[6, 8]), free(f(2, 6, 10)))
case("IRFFT2D", lambda x: raw.IRFFT2D(input=_complex(x), fft_length=[5, 7]), f(6, 8))
for _op in ("FFT", "IFFT"):
    case(_op, lambda x, op=_op: getattr(raw, op)(input=_complex(x)), free(f(3, 16)))
    case(_op, lambda x, op=_op: getattr(raw, op)(input=_complex(x)), free(f(2, 3, 10), 0, 1))
for _op in ("FFT2D", "IFFT2D"):
    case(_op, lambda x, op=_op: getattr(raw, op)(input=_complex(x)), free(f(2, 4, 10)))

# --- sound ----------------------------------------------------------------------------------------


def _spectrogram(x: tf.Tensor, **options: bool) -> tf.Tensor:
    return raw.AudioSpectrogram(input=x, window_size=400, stride=160, **options)


case("AudioSpectrogram", lambda x: _spectrogram(x), f(1600, 2, low=-1, high=1))
case("AudioSpectrogram", lambda x: _spectrogram(x, magnitude_squared=True), f(1600, 1, low=-1, high=1))
case(
    "Mfcc",
    lambda x: raw.Mfcc(spectrogram=_spectrogram(x, magnitude_squared=True), sample_rate=16000),
    f(1600, 1, low=-1, high=1),
)

# --- windows --------------------------------------------------------------------------------------


def _places(x: tf.Tensor, size: int, stride: int, padding: str, **options: bool) -> tuple[tf.Tensor, tf.Tensor]:
    return raw.MaxPoolWithArgmax(
        input=x, ksize=[1, size, size, 1], strides=[1, stride, stride, 1], padding=padding, **options
    )


case("MaxPoolWithArgmax", lambda x: _places(x, 2, 2, "VALID"), free(f(2, 6, 4, 3)))
case("MaxPoolWithArgmax", lambda x: _places(x, 3, 2, "SAME"), free(f(2, 5, 6, 2)))
case("MaxPoolWithArgmax", lambda x: _places(x, 2, 1, "SAME", include_batch_in_index=True), free(f(2, 3, 4, 2)))
for _padding, _rate in (("VALID", 1), ("SAME", 1), ("SAME", 2)):

    def _patches(x: tf.Tensor, padding: str = _padding, rate: int = _rate) -> tf.Tensor:
        return raw.ExtractImagePatches(
            images=x, ksizes=[1, 3, 2, 1], strides=[1, 2, 1, 1], rates=[1, rate, rate, 1], padding=padding
        )

    case("ExtractImagePatches", _patches, free(f(2, 7, 6, 3)))
for _op in ("AvgPool3D", "MaxPool3D"):

    def _pool(x: tf.Tensor, op: str = _op) -> tf.Tensor:
        return getattr(raw, op)(input=x, ksize=[1, 2, 3, 2, 1], strides=[1, 2, 1, 2, 1], padding="SAME")

    case(_op, _pool, free(f(2, 4, 5, 6, 2), 0, 1, 2, 3))
