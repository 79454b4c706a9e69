"""Writes random cases beside itself with what scikit-learn and pycocotools make of them.

    pip install scikit-learn==1.9.1 pycocotools==2.0.11 numpy==2.4.6
    python make.py

Each case has weights too, and the values for rows that are repeated as often as these say. What has no value (a
curve with one class, precision without objects) is null.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import warnings
from pathlib import Path

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from sklearn import metrics as sk
from sklearn.metrics.pairwise import cosine_similarity

HERE = Path(__file__).parent
warnings.filterwarnings("ignore")


def number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def write(name: str, cases: list[dict]) -> None:
    text = ",\n".join(json.dumps(case, separators=(",", ":"), allow_nan=False) for case in cases)
    (HERE / f"{name}.json").write_text(f"[\n{text}\n]\n")


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


# Classes


def class_values(labels: np.ndarray, scores: np.ndarray, epsilon: float) -> dict:
    """`scores` are probabilities [n, classes]."""
    classes = scores.shape[1]
    every = np.arange(classes)
    predicted = scores.argmax(1)
    values = {"top-1": sk.accuracy_score(labels, predicted)}
    for k in (2, 3, 5):
        if k < classes:
            # Of equal scores it takes the last ones first; here the first ones count, as with argmax.
            values[f"top-{k}"] = sk.top_k_accuracy_score(
                classes - 1 - labels, scores[:, ::-1], k=k, labels=every
            )
    for name, function in (("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score)):
        values[name] = function(labels, predicted, average="macro")
        values[f"{name}[micro]"] = function(labels, predicted, average="micro")
        for one in every:
            values[f"{name}[{one}]"] = function(labels, predicted, labels=[one], average=None)[0]
    values["roc-auc"] = roc_auc(labels, scores)
    clipped = np.clip(scores, epsilon, 1 - epsilon)
    values["log-loss"] = sk.log_loss(labels, clipped, labels=every)
    return {name: number(value) for name, value in values.items()}


def roc_auc(labels: np.ndarray, scores: np.ndarray) -> float:
    classes = scores.shape[1]
    present = np.unique(labels)
    if len(present) < 2:
        return math.nan
    if classes == 2:
        return sk.roc_auc_score(labels, scores[:, 1])
    mean = float(np.mean([sk.roc_auc_score(labels == one, scores[:, one]) for one in present]))
    if len(present) == classes and np.allclose(scores.sum(1), 1):
        assert abs(mean - sk.roc_auc_score(labels, scores, multi_class="ovr", average="macro")) < 1e-12
    return mean


def class_cases() -> list[dict]:
    random = np.random.default_rng(1)
    cases = []
    # Rows, classes, classes that occur in labels, whether scores are coarse, so that many are equal.
    for rows, classes, occurring, coarse in [
        (40, 2, 2, False),
        (40, 2, 2, True),
        (12, 2, 1, False),
        (60, 3, 3, False),
        (60, 3, 3, True),
        (50, 7, 7, True),
        (50, 10, 4, False),
        (30, 10, 1, True),
        (80, 6, 6, False),
        (1, 4, 4, False),
    ]:
        labels = random.integers(0, occurring, rows)
        logits = random.normal(size=(rows, classes)) * 2
        logits[np.arange(rows), labels] += 1.5
        if coarse:
            logits = np.round(logits)
        scores = softmax(logits)
        if coarse:
            # As 8-bit models give them: 0 too, and sums that are not quite 1.
            scores = np.round(scores * 256) / 256
        scores = scores.astype(np.float32)
        if classes == 2:
            # As whoever has one score works out the other.
            scores[:, 0] = 1 - scores[:, 1]
        scores = scores.astype(np.float64)
        weights = random.integers(0, 4, rows)
        repeated = np.repeat(np.arange(rows), weights)
        epsilon = 2.0**-23
        cases.append(
            {
                "labels": labels.tolist(),
                "scores": scores.tolist(),
                "weights": weights.tolist(),
                "values": class_values(labels, scores, epsilon),
                "weighted": class_values(labels[repeated], scores[repeated], epsilon) if len(repeated) else {},
            }
        )
    return cases


def logit_cases() -> list[dict]:
    """Logits in float64, whose probabilities scikit-learn itself keeps from 0 and 1."""
    random = np.random.default_rng(5)
    cases = []
    for rows, classes, spread in [(40, 3, 2), (40, 2, 1), (25, 5, 60)]:
        labels = random.integers(0, classes, rows)
        logits = random.normal(size=(rows, classes)) * spread
        weights = random.integers(1, 3, rows)
        repeated = np.repeat(np.arange(rows), weights)
        made = []
        for chosen in (np.arange(rows), repeated):
            scores = softmax(logits[chosen])
            loss = sk.log_loss(labels[chosen], scores, labels=np.arange(classes))
            made.append({"log-loss": loss, "roc-auc": roc_auc(labels[chosen], scores)})
        cases.append(
            {
                "labels": labels.tolist(),
                "scores": logits.tolist(),
                "weights": weights.tolist(),
                "values": made[0],
                "weighted": made[1],
            }
        )
    return cases


# Numbers


def number_values(expected: np.ndarray, actual: np.ndarray) -> dict:
    """Both [n, size]."""
    a, b = expected.reshape(-1), actual.reshape(-1)
    mse = sk.mean_squared_error(expected, actual)
    signal, noise = (a**2).sum(), ((a - b) ** 2).sum()
    values = {
        "mae": sk.mean_absolute_error(expected, actual),
        "rmse": math.sqrt(mse),
        "r2": sk.r2_score(expected, actual) if len(expected) > 1 else math.nan,
        "max-error": sk.max_error(a, b),
    }
    if expected.shape[1] == 1:
        assert abs(values["rmse"] - sk.root_mean_squared_error(expected, actual)) < 1e-12
    if noise > 0:
        values["sqnr"] = 10 * math.log10(signal / noise)
        values["cosine"] = cosine_similarity(a[None], b[None])[0, 0]
    return {name: number(value) for name, value in values.items()}


def number_cases() -> list[dict]:
    random = np.random.default_rng(2)
    cases = []
    for rows, size, noise, constant in [
        (30, 1, 0.3, False),
        (30, 4, 0.1, False),
        (30, 3, 2.0, True),
        (2, 2, 0.5, False),
        (1, 3, 0.5, False),
        (8, 1, 0.0, False),
        (8, 2, 0.0, True),
        (40, 5, 1e-4, False),
    ]:
        expected = random.normal(size=(rows, size)) * 3 + 1
        if constant:
            expected[:, 0] = 0.1
        expected = expected.astype(np.float32).astype(np.float64)
        actual = (expected + noise * random.normal(size=expected.shape)).astype(np.float32).astype(np.float64)
        weights = random.integers(0, 4, rows)
        weights[0] = max(1, weights[0])
        repeated = np.repeat(np.arange(rows), weights)
        cases.append(
            {
                "expected": expected.tolist(),
                "actual": actual.tolist(),
                "weights": weights.tolist(),
                "values": number_values(expected, actual),
                "weighted": number_values(expected[repeated], actual[repeated]),
            }
        )
    return cases


# Masks


def mask_values(labels: np.ndarray, predicted: np.ndarray, classes: int, ignore: int | None) -> dict:
    counted = labels != ignore if ignore is not None else np.ones(labels.shape, bool)
    a, b = labels[counted], predicted[counted]
    values = {"mean-iou": sk.jaccard_score(a, b, average="macro") if len(a) else math.nan}
    for one in range(classes):
        occurs = (a == one).any() or (b == one).any()
        values[f"mean-iou[{one}]"] = sk.jaccard_score(a, b, labels=[one], average=None)[0] if occurs else math.nan
    return {name: number(value) for name, value in values.items()}


def mask_cases() -> list[dict]:
    random = np.random.default_rng(3)
    cases = []
    for rows, side, classes, occurring, ignore in [
        (4, 5, 3, 3, None),
        (3, 4, 6, 2, None),
        (5, 4, 4, 4, 255),
        (2, 3, 2, 1, 255),
        (3, 4, 2, 2, None),
    ]:
        labels = random.integers(0, occurring, (rows, side, side))
        scores = np.round(random.normal(size=(rows, side, side, classes)), 1)
        scores[..., 0] += labels == 0
        if ignore is not None:
            labels[random.random(labels.shape) < 0.3] = ignore
        scores = scores.astype(np.float32).astype(np.float64)
        predicted = scores.argmax(-1)
        weights = random.integers(0, 3, rows)
        weights[-1] = 1
        repeated = np.repeat(np.arange(rows), weights)
        cases.append(
            {
                "labels": labels.tolist(),
                "scores": scores.tolist(),
                "ignore": ignore,
                "weights": weights.tolist(),
                "values": mask_values(labels, predicted, classes, ignore),
                "weighted": mask_values(labels[repeated], predicted[repeated], classes, ignore),
            }
        )
    return cases


# Detection


def detection_values(images: list[dict], classes: int) -> dict:
    truths, found = [], []
    for index, image in enumerate(images, 1):
        for box, label, crowd in zip(image["boxes"], image["classes"], image["crowd"]):
            truths.append(
                {
                    "id": len(truths) + 1,
                    "image_id": index,
                    "category_id": label,
                    "bbox": box,
                    "area": box[2] * box[3],
                    "iscrowd": crowd,
                }
            )
        for box, label, score in zip(image["found"], image["foundClasses"], image["scores"]):
            found.append(
                {
                    "id": len(found) + 1,
                    "image_id": index,
                    "category_id": label,
                    "bbox": box,
                    "area": box[2] * box[3],
                    "iscrowd": 0,
                    "score": score,
                }
            )
    with contextlib.redirect_stdout(io.StringIO()):
        sets = []
        for annotations in (truths, found):
            coco = COCO()
            coco.dataset = {
                "images": [{"id": index} for index in range(1, len(images) + 1)],
                "categories": [{"id": label} for label in range(classes)],
                "annotations": annotations,
            }
            coco.createIndex()
            sets.append(coco)
        judge = COCOeval(*sets, "bbox")
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    # Thresholds, recalls, classes, areas, most detections.
    precision = judge.eval["precision"][:, :, :, 0, -1]
    values = dict(zip(("map", "map-50", "map-75"), judge.stats[:3]))
    for label in range(classes):
        of_class = precision[:, :, label]
        values[f"map[{label}]"] = of_class[of_class > -1].mean() if (of_class > -1).any() else -1
    return {name: None if value == -1 else float(value) for name, value in values.items()}


def detection_case(random: np.random.Generator, images: int, classes: int, boxes: int, extra: int, crowds: float) -> dict:
    """Whole numbers as corners, so that overlaps meet thresholds exactly; scores of which many are equal."""
    made = []
    for _ in range(images):
        count = int(random.integers(0, boxes + 1))
        corner = random.integers(0, 20, (count, 2))
        size = random.integers(1, 12, (count, 2))
        real = np.concatenate([corner, size], 1)
        labels = random.integers(0, classes, count)
        shifted = np.repeat(real, 2, 0) + random.integers(-1, 2, (2 * count, 4))
        strays = np.concatenate([random.integers(0, 20, (extra, 2)), random.integers(1, 12, (extra, 2))], 1)
        found = np.concatenate([shifted, strays]).clip([0, 0, 1, 1])
        found_labels = np.concatenate([np.repeat(labels, 2), random.integers(0, classes, extra)])
        flipped = random.random(len(found)) < 0.15
        found_labels = np.where(flipped, random.integers(0, classes, len(found)), found_labels)
        scores = np.round(random.random(len(found)) * 20) / 20
        order = random.permutation(len(found))
        made.append(
            {
                "boxes": real.tolist(),
                "classes": labels.tolist(),
                "crowd": (random.random(count) < crowds).astype(int).tolist(),
                "found": found[order].tolist(),
                "foundClasses": found_labels[order].tolist(),
                "scores": scores[order].tolist(),
            }
        )
    return finish_detection(random, made, classes)


def finish_detection(random: np.random.Generator, made: list[dict], classes: int) -> dict:
    weights = random.integers(0, 3, len(made))
    weights[0] = 1
    repeated = [image for image, weight in zip(made, weights) for _ in range(weight)]
    return {
        "images": made,
        "classes": classes,
        "weights": weights.tolist(),
        "values": detection_values(made, classes),
        "weighted": detection_values(repeated, classes),
    }


def detection_cases() -> list[dict]:
    random = np.random.default_rng(4)
    cases = [
        detection_case(random, images=8, classes=1, boxes=5, extra=2, crowds=0),
        detection_case(random, images=10, classes=3, boxes=6, extra=3, crowds=0),
        detection_case(random, images=10, classes=3, boxes=6, extra=3, crowds=0.3),
        detection_case(random, images=4, classes=8, boxes=5, extra=4, crowds=0.1),
        # More than 100 detections of a class in an image.
        detection_case(random, images=2, classes=1, boxes=40, extra=60, crowds=0.1),
    ]
    box = {"boxes": [[1, 2, 10, 10]], "classes": [1], "crowd": [0]}
    nothing = {"found": [], "foundClasses": [], "scores": []}
    found = {"found": [[1, 2, 10, 10]], "foundClasses": [1], "scores": [0.5]}
    empty = {"boxes": [], "classes": [], "crowd": []}
    for images in (
        [{**box, **nothing}],
        [{**empty, **found}],
        [{**empty, **nothing}],
        [{**box, **found}],
        [{**box, "crowd": [1], **found}],
        [{**empty, **found}, {**box, **found}, {**box, **nothing}],
    ):
        cases.append(finish_detection(random, images, 3))
    return cases


if __name__ == "__main__":
    write("classes", class_cases())
    write("logits", logit_cases())
    write("numbers", number_cases())
    write("masks", mask_cases())
    write("detection", detection_cases())
