"""One kernel from several elementwise operations.

A body is written once, on `xp`. Here it is called with stand-ins for arrays (`traced.py`), which answer operators and
functions of `xp` (`module.py`) by noting them down as expressions (`expressions.py`). Where values are needed, what was
noted is written as the text of one kernel (`traces.py`, `kernels.py`). What a call did is kept (`programs.py`), so that
the next one with arrays of the same shapes launches the kernels and runs no body. So activations, losses and cells of
recurrent networks are served (`implementations.py`), and the steps of optimizers over all parameters (`groups.py`).
"""
