"""The graph engine: declared functions, class-based ones, the backward walk, hooks and pictures of the graph."""
