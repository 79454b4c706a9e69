"""Trains the example: a small CNN on the handwritten digits that scikit-learn ships.

    pip install tensorflow==2.21.0 keras==3.15.1 scikit-learn==1.9.1
    python train.py

Writes, beside itself, `saved_model/` (Keras 3 `model.export`, batch left free), `test.npz`
(500 digits that training never saw) and `calibration.npz` (100 others, none of them in
the test). In both, the images are under the name of the signature's input, `image`:
float32 [n, 8, 8, 1] in 0 … 16, as scikit-learn gives them; the network scales them itself.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.datasets import load_digits

HERE = Path(__file__).parent
SEED = 7
TEST, CALIBRATION = 500, 100


def build() -> keras.Model:
    """8 x 8 grey values in 0 … 16 to ten logits."""
    image = keras.Input((8, 8, 1), name="image")
    x = layers.Rescaling(1 / 16)(image)
    for filters in (32, 64):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
        x = layers.MaxPooling2D()(x)
    x = layers.Dropout(0.3)(layers.Flatten()(x))
    return keras.Model(image, layers.Dense(10, name="logits")(x), name="digits")


def split() -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Training, test and calibration digits: three parts of one shuffled set."""
    digits = load_digits()
    order = np.random.default_rng(SEED).permutation(len(digits.target))
    images = digits.images[order, :, :, None].astype(np.float32)
    labels = digits.target[order].astype(np.int64)

    def part(begin: int, end: int | None) -> dict[str, np.ndarray]:
        return {"image": images[begin:end], "label": labels[begin:end]}

    return part(TEST, None), part(0, TEST), part(TEST, TEST + CALIBRATION)


def main() -> None:
    keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()
    train, test, calibration = split()
    model = build()
    model.compile(
        optimizer=keras.optimizers.Adam(2e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(train["image"], train["label"], batch_size=32, epochs=30, verbose=0)

    shutil.rmtree(HERE / "saved_model", ignore_errors=True)
    model.export(str(HERE / "saved_model"), verbose=False)
    # A digest of the files for training pipelines; nothing that reads a SavedModel needs it.
    (HERE / "saved_model" / "fingerprint.pb").unlink(missing_ok=True)
    (HERE / "saved_model" / "assets").rmdir()
    np.savez_compressed(HERE / "test.npz", **test)
    np.savez_compressed(HERE / "calibration.npz", **calibration)

    exported = tf.saved_model.load(str(HERE / "saved_model"))
    logits = exported.serve(test["image"]).numpy()
    accuracy = float(np.mean(logits.argmax(-1) == test["label"]))
    print(f"accuracy on {TEST} held-back digits: {accuracy:.3f}")
    if accuracy < 0.95:
        raise SystemExit("the example should reach 0.95")


if __name__ == "__main__":
    main()
