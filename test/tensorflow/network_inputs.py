"""Inputs for the networks: random, but with structure, so that outputs differ from one to the next."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Inputs = Callable[[np.random.Generator, int], np.ndarray]
"""A batch of the given size."""


def images(size: int, low: float, high: float) -> Inputs:
    """Random images with structure, [n, size, size, 3] in [low, high].

    Plain noise looks the same to a network that averages over the image: these differ in
    colour, in contrast and in pattern at several scales.
    """

    def make(rng: np.random.Generator, count: int) -> np.ndarray:
        axis = np.linspace(0, 2 * np.pi, size, dtype=np.float32)
        result = np.empty((count, size, size, 3), np.float32)
        for image in result:
            image[:] = rng.uniform(0.2, 0.8, 3)
            for _ in range(6):
                fx, fy = rng.uniform(0, 12, 2)
                phase = rng.uniform(0, 2 * np.pi)
                wave = np.sin(fx * axis[None, :] + fy * axis[:, None] + phase)
                image += rng.uniform(-0.3, 0.3, 3) * wave[..., None]
            image += rng.normal(0, rng.uniform(0.01, 0.2), image.shape)
        return (low + (high - low) * np.clip(result, 0, 1)).astype(np.float32)

    return make


def series(*shape: int) -> Inputs:
    """Sums of sinusoids along the first axis, different in each feature, [n, *shape]."""

    def make(rng: np.random.Generator, count: int) -> np.ndarray:
        steps, rest = shape[0], int(np.prod(shape[1:]))
        time_axis = np.arange(steps, dtype=np.float32)[:, None]
        result = np.zeros((count, steps, rest), np.float32)
        for sample in result:
            sample[:] = rng.normal(0, 1, rest)
            for _ in range(3):
                frequency = rng.uniform(0.02, 0.6, rest)
                sample += rng.normal(0, 1, rest) * np.sin(frequency * time_axis + rng.uniform(0, 6))
            sample += rng.normal(0, 0.1, sample.shape)
        return result.reshape(count, *shape)

    return make


def tokens(length: int, vocabulary: int) -> Inputs:
    """Token sequences, int32 [n, length], each from its own part of the vocabulary."""

    def make(rng: np.random.Generator, count: int) -> np.ndarray:
        pools = rng.integers(0, vocabulary, (count, 3))
        picks = rng.integers(0, 3, (count, length))
        return np.take_along_axis(pools, picks, axis=1).astype(np.int32)

    return make


def audio(samples: int, rate: int = 22050) -> Inputs:
    """Chords that decay, above a noise of -40 dB as a room has, float32 [n, samples, 1] in [-1, 1]."""

    def make(rng: np.random.Generator, count: int) -> np.ndarray:
        seconds = np.arange(samples, dtype=np.float32) / rate
        result = np.zeros((count, samples, 1), np.float32)
        for sample in result:
            for _ in range(int(rng.integers(2, 6))):
                pitch = 440 * 2 ** ((rng.integers(40, 84) - 69) / 12)
                start = rng.uniform(0, 1.5)
                envelope = np.where(seconds < start, 0, np.exp(-2 * (seconds - start)))
                for harmonic in range(1, 5):
                    wave = np.sin(2 * np.pi * pitch * harmonic * seconds)
                    sample[:, 0] += rng.uniform(0.1, 0.5) / harmonic * envelope * wave
            sample += rng.normal(0, 0.01, sample.shape)
            sample /= max(1.0, float(np.abs(sample).max()))
        return result

    return make
