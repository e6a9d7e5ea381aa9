"""Exporters to other frameworks."""

from chainer.exporters import caffe as caffe
