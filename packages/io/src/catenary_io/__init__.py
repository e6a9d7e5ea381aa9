"""Files and data sets: use them as ``catenary.serializers`` and ``catenary.datasets``."""
