"""Calls of measures whose results in Chainer 7.8.1 are stored; see `make.py`."""

LABELS = [0, 1, 2, 2, 1, 0, 2, 0]
SOME = [0, 1, 2, -1, 1, 0, -1, 0]


def measured(name, *specs, **options):
    """Return a case whose results are arrays: Chainer's Variables seem to have gradients, but have none."""

    def call(F, y, t):
        ys = getattr(F, name)(y, t, **options)
        return [one.array for one in (ys if isinstance(ys, tuple) else (ys,))]

    return call, *specs


def summaries(name, **options):
    """Return cases where each class has hits: without one, Chainer's F score is NaN and Catenary's is 0."""
    return [
        measured(name, (48, 3), LABELS * 6, **options),
        measured(name, (48, 3), SOME * 6, **options),
        measured(name, (48, 3), LABELS * 6, label_num=2, ignore_label=2, **options),
        measured(name, (2, 3, 12), [[0, 1, 2, 1] * 3, [2, 2, 0, 1] * 3], **options),
    ]


CASES = {
    "accuracy": [
        measured("accuracy", (8, 3), LABELS),
        measured("accuracy", (8, 3), LABELS, ignore_label=0),
        measured("accuracy", (2, 3, 2), [[0, 1], [2, 1]]),
    ],
    "binary_accuracy": [measured("binary_accuracy", (2, 3), [[0, 1, -1], [1, 0, 0]])],
    "classification_summary": summaries("classification_summary") + summaries("classification_summary", beta=2.0),
    "f1_score": summaries("f1_score"),
    "precision": summaries("precision"),
    "r2_score": [
        measured("r2_score", (8,), (8,)),
        measured("r2_score", (8, 3), (8, 3), multioutput="raw_values"),
    ],
    "recall": summaries("recall"),
}
