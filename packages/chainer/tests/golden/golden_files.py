"""Words of the lines: what is written to files, and read back."""

import io
import json
import tempfile
from pathlib import Path

import h5py
import numpy as np

import chainer
import chainer.optimizers as O
from chainer.training import extensions

from golden_training import classifier
from golden_words import a, i


def trainer(optimizer=None):
    """Return a trainer that has done a few iterations."""
    model = classifier()
    optimizer = optimizer or O.Adam()
    optimizer.setup(model)
    data = chainer.datasets.TupleDataset(a(20, 4), i(3, 20))
    updater = chainer.training.StandardUpdater(chainer.iterators.SerialIterator(data, 5), optimizer)
    rate = "alpha" if hasattr(optimizer, "alpha") else "lr"
    with tempfile.TemporaryDirectory() as out:
        made = chainer.training.Trainer(updater, (3, "iteration"), out)
        made.extend(extensions.LogReport(trigger=(2, "iteration")))
        made.extend(extensions.ExponentialShift(rate, 0.5), trigger=(1, "iteration"))
        made.run()
    return made


def npz(target):
    """Return what `save_npz` writes."""
    file = io.BytesIO()
    chainer.serializers.save_npz(file, target)
    with np.load(io.BytesIO(file.getvalue()), allow_pickle=True) as found:
        return timeless(dict(found))


def hdf5(target):
    """Return what `save_hdf5` writes."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "file.h5")
        chainer.serializers.save_hdf5(path, target)
        names = []
        with h5py.File(path, "r") as file:
            file.visit(names.append)
            found = {name: file[name][()] for name in names if isinstance(file[name], h5py.Dataset)}
    return timeless(found)


def dictionary(target):
    """Return what a DictionarySerializer collects."""
    serializer = chainer.serializers.DictionarySerializer()
    serializer.save(target)
    return timeless(serializer.target)


def timeless(found):
    """Return what was written, without the time it took and what Catenary adds so that a run goes on exactly."""
    return {
        key: 0 if "elapsed" in key else without_time(value)
        for key, value in found.items()
        if not key.endswith(("manifest", "observation", "random_state", "order_sampler/state"))
    }


def without_time(value):
    """Return an array, or what a log in JSON says without the times."""
    text = np.asarray(value)[()]
    text = text.decode() if isinstance(text, bytes) else text
    if not isinstance(text, str):
        return value
    rows = json.loads(text)
    return [
        {key: number for key, number in row.items() if key != "elapsed_time"} if isinstance(row, dict) else row
        for row in rows
    ]


def read_back(written, target):
    """Return weights and state of an optimizer that were read from a file."""
    file = io.BytesIO()
    chainer.serializers.save_npz(file, written)
    file.seek(0)
    chainer.serializers.load_npz(file, target)
    optimizer = target.updater.get_optimizer("main")
    params = [param for _, param in sorted(optimizer.target.namedparams())]
    iterator = target.updater.get_iterator("main")
    states = [[param.update_rule.state[key] for key in sorted(param.update_rule.state)] for param in params]
    return [param.array for param in params], states, optimizer.t, iterator.epoch_detail
