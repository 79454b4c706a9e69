"""Quantizes a float `.tflite` with ai-edge-quantizer: `python ai_edge.py FLOAT.tflite SCHEME DATA.npz OUTPUT`.

Each scheme is the recipe that its authors ship for it, with its own defaults. `static_wi8_ai8` leaves ops that have
no int8 kernel in float, so it serves both `int8` and `int8-only`: what it left is counted by the evaluation.
"""

from ai_edge_quantizer import algorithm_manager, quantizer, recipe, recipe_manager
from ai_edge_quantizer.qtyping import TFLOperationName

from schemes import arguments, no_such_scheme, samples

SIGNATURE = "serving_default"


def float16() -> list:
    manager = recipe_manager.RecipeManager()
    manager.add_weight_only_config(
        regex=".*",
        operation_name=TFLOperationName.ALL_SUPPORTED,
        num_bits=16,
        algorithm_key=algorithm_manager.AlgorithmName.FLOAT_CASTING,
    )
    return manager.get_quantization_recipe()


RECIPES = {
    "dynamic": recipe.dynamic_wi8_afp32,
    "weight-only": recipe.weight_only_wi8_afp32,
    "float16": float16,
    "int8": recipe.static_wi8_ai8,
    "int8-only": recipe.static_wi8_ai8,
    "int16x8": recipe.static_wi8_ai16,
    "int4": recipe.dynamic_wi4_afp32,
}

model, scheme, data, output = arguments()
if scheme not in RECIPES:
    raise no_such_scheme(scheme)
edge = quantizer.Quantizer(model, RECIPES[scheme]())
ranges = edge.calibrate({SIGNATURE: list(samples(data))}) if edge.need_calibration else None
output.write_bytes(edge.quantize(ranges).quantized_model)
