"""Updaters: what one iteration does (``catenary.training.updaters``)."""

from catenary_training.updaters.standard_updater import StandardUpdater as StandardUpdater

__all__ = ["StandardUpdater"]
