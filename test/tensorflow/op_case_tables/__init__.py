"""The cases of `op_cases.py`: for each TensorFlow op, one to a dozen ways in which it is used.

A line `case(op, build, *inputs)` makes `<op>__<n>`, numbered in the order of the lines: new ones go after those
of the same op. `build` gets the inputs in order, then the case's variables, and returns an output or several.
Ops are called through `tf.raw_ops`, so that the graph has exactly the op of the line. A free dimension is tried
where a lowering could depend on a shape.
"""

from op_case_tables import elementwise, linear, quantization, structure
from op_case_tables import less_common, rare  # numbers of cases go on from those above
from op_case_tables import extended, images, loops, tables, transforms  # and again
from op_case_tables.vocabulary import CASES, Case, In

__all__ = [
    "CASES", "Case", "In", "elementwise", "extended",
    "images", "less_common", "loops", "linear", "quantization", "rare", "structure",
    "tables",
    "transforms",
]
