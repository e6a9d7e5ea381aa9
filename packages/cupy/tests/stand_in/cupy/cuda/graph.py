"""Graphs of recorded work."""

from cupy_stand_in.streams import Graph as Graph
