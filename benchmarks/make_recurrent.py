"""Makes recurrent layers of several sizes: `python make_recurrent.py FOLDER UNITS...`.

FOLDER gets KIND-UNITS/saved_model and KIND-UNITS/inputs.npz: a batch of one, 20 steps, half as many features as units.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import tf_keras as keras

STEPS = 20

folder = Path(sys.argv[1])
keras.utils.set_random_seed(3)
for kind in ("LSTM", "GRU"):
    for units in map(int, sys.argv[2:]):
        given = keras.Input((STEPS, units // 2), batch_size=1, name="x")
        model = keras.Model(given, getattr(keras.layers, kind)(units)(given))
        path = folder / f"{kind}-{units}"
        model.export(str(path / "saved_model"))
        x = np.random.default_rng(units).normal(size=(1, STEPS, units // 2)).astype(np.float32)
        np.savez(path / "inputs.npz", x=x)
