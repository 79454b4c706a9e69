"""Converts a SavedModel as users of the official converter do: `python official.py SAVED_MODEL OUTPUT`."""

import sys

import tensorflow as tf

saved_model, output = sys.argv[1:]
with open(output, "wb") as file:
    file.write(tf.lite.TFLiteConverter.from_saved_model(saved_model).convert())
