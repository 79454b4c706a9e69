"""Makes the fixture: python test/saved-model/debug-info/model.py (in the environment of test/tensorflow/requirements.txt)."""

import shutil
from pathlib import Path

import tensorflow as tf
from tensorflow.core.framework import graph_debug_info_pb2

FOLDER = Path(__file__).parent / "saved_model"


class Network(tf.Module):
    def block(self, x):
        return tf.raw_ops.Cross(a=x, b=x + 1.0)

    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, "x")])
    def call(self, x):
        with tf.name_scope("block"):
            return {"y": self.block(tf.nn.relu(x))}


network = Network()
shutil.rmtree(FOLDER, ignore_errors=True)
options = tf.saved_model.SaveOptions(save_debug_info=True)
tf.saved_model.save(network, str(FOLDER), signatures=network.call.get_concrete_function(), options=options)
for name in ("variables", "assets", "fingerprint.pb"):
    path = FOLDER / name
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

# Paths that do not depend on where this ran.
file = FOLDER / "debug" / "saved_model_debug_info.pb"
info = graph_debug_info_pb2.GraphDebugInfo()
info.ParseFromString(file.read_bytes())
for i, path in enumerate(info.files):
    _, library, inside = path.partition("site-packages")
    info.files[i] = f"/python/{library}{inside}" if library else f"/project/{Path(path).name}"
file.write_bytes(info.SerializeToString(deterministic=True))
