"""The same works in Catenary and its peers, timed side by side: `python -m benchmarks`."""
