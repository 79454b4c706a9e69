"""Quantizes as users of the official converter do: `python official.py SAVED_MODEL SCHEME DATA.npz OUTPUT`.

Inputs and outputs stay float32. Weights of 4 bits, and 8-bit weights without 8-bit arithmetic, it has no option for.
"""

import tensorflow as tf

from schemes import arguments, no_such_scheme, samples

INT16X8 = tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8

model, scheme, data, output = arguments()
converter = tf.lite.TFLiteConverter.from_saved_model(model)
if scheme != "float32":
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
if scheme in ("int8", "int8-only", "int16x8"):
    converter.representative_dataset = lambda: samples(data)
match scheme:
    case "float32" | "dynamic" | "int8":
        pass
    case "float16":
        converter.target_spec.supported_types = [tf.float16]
    case "int8-only":
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    case "int16x8":
        # With the float builtins beside it: an op without an int16 kernel is otherwise an error.
        converter.target_spec.supported_ops = [INT16X8, tf.lite.OpsSet.TFLITE_BUILTINS]
    case _:
        raise no_such_scheme(scheme)
output.write_bytes(converter.convert())
