"""ChainerMN is not available: it can be imported, and what is used of it says so.

Example:
    >>> import chainermn
    >>> chainermn.create_communicator("naive")
    Traceback (most recent call last):
    ...
    catenary.errors.NotAvailableError: chainermn.create_communicator: ChainerMN is not available, it is no longer ...
"""

from __future__ import annotations

from chainer._absent import names_of

_WHY = "ChainerMN is not available, it is no longer maintained; leave it out to train in one process"
_NAMES = (
    *("CommunicatorBase", "MultiNodeChainList", "communicators", "create_communicator", "create_empty_dataset"),
    *("create_multi_node_checkpointer", "create_multi_node_evaluator", "create_multi_node_iterator"),
    *("create_multi_node_optimizer", "create_synchronized_iterator", "datasets", "extensions", "functions"),
    *("global_except_hook", "iterators", "links", "scatter_dataset", "scatter_index"),
)
__getattr__ = names_of("chainermn", _WHY, _NAMES)
