"""A crew of worker processes.

`crew.py` gives orders to workers and waits for their answers; `handle.py` is its side of one worker, `worker.py` is
what runs in the other process. Between them is one pipe per worker, and memory that they share (`slots.py`).
"""
