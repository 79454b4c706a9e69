"""Makes the data that all sides are calibrated and evaluated on: `python data.py NETWORK SAVED_MODEL FOLDER`.

Writes to FOLDER, each keyed by the signature's names, first axis the samples:

    calibration.npz   100 inputs
    evaluation.npz    64 other inputs (`digits`: the 500 of its test)
    reference.npz     what TensorFlow makes of the SavedModel on evaluation.npz, in float
    labels.npz        `digits` only: the right answer of each evaluation input

NETWORK is a network of the conversion tests, or a folder with calibration.npz and test.npz, such as `examples/digits`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "test/tensorflow"))

from networks import NETWORKS, SEED  # noqa: E402
from saved_model_runner import run_signature, signature_inputs  # noqa: E402

CALIBRATION = 100
EVALUATION = 64
CHUNK = 16
LABEL = "label"


def generated(network: str, input_name: str) -> tuple[dict, dict]:
    """Two sets of inputs of the kind the network was made for, from seeds that nothing else uses."""
    make = NETWORKS[network].inputs
    calibration, evaluation = (
        {input_name: make(np.random.default_rng([SEED, purpose]), count)}
        for purpose, count in ((1, CALIBRATION), (2, EVALUATION))
    )
    return calibration, evaluation


def shipped(folder: Path) -> tuple[dict, dict]:
    calibration, evaluation = (dict(np.load(folder / f"{name}.npz")) for name in ("calibration", "test"))
    return calibration, evaluation


def reference(saved_model: Path, inputs: dict) -> dict:
    """In chunks: a deep network's activations on everything at once take gigabytes."""
    count = len(next(iter(inputs.values())))
    parts = []
    for start in range(0, count, CHUNK):
        chunk = {name: array[start : start + CHUNK] for name, array in inputs.items()}
        parts.append(run_signature(saved_model, chunk)[1])
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def main() -> None:
    network, saved_model, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    input_names = signature_inputs(saved_model)
    is_folder = Path(network).is_dir()
    calibration, evaluation = shipped(Path(network)) if is_folder else generated(network, *input_names)
    inputs = {name: evaluation[name] for name in input_names}
    target.mkdir(parents=True, exist_ok=True)
    np.savez(target / "calibration.npz", **{name: calibration[name] for name in input_names})
    np.savez(target / "evaluation.npz", **inputs)
    if LABEL in evaluation:
        np.savez(target / "labels.npz", **{LABEL: evaluation[LABEL]})
    np.savez(target / "reference.npz", **reference(saved_model, inputs))


main()
