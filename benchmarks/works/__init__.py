"""The works that are compared: one module each, with one function per framework that returns a step to be timed.

Every function gets the same seed and data, and does the same mathematics. A framework that cannot be imported is left
out.
"""
