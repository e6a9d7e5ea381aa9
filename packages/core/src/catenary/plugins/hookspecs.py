"""The contract between Catenary and its plugins: one hook per kind of object.

A plugin is a light top-level module, named by an entry point in the group ``catenary`` of its distribution::

    [project.entry-points.catenary]
    my_package = "my_package_plugin"

It states the plugin API that it was written for and implements the hooks that it needs::

    import catenary

    CATENARY_API = "1.0"

    @catenary.hookimpl
    def catenary_functions():
        return {"swiglu": "my_package.functions:swiglu"}

Every hook takes no argument and returns a mapping from names to targets. A name has no colon and no blank.
A target is written ``"package.module:attribute"`` and is imported when somebody asks for the name, not
before; a plugin module imports nothing of its package.
"""

# The hooks below are declarations; none has a body.
# mypy: disable-error-code="empty-body"

from __future__ import annotations

from collections.abc import Mapping

import pluggy

from catenary.plugins.kinds import GROUP

hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)


@hookspec
def catenary_functions() -> Mapping[str, str]:
    """Name functions on variables.

    Returns:
        ``{name: target}``. The target is what `catenary.function` made, or a callable that takes and returns
        Variables. It is found as ``catenary.functions.<name>``.

        ``{"swiglu": "my_package.functions:swiglu"}``
    """


@hookspec
def catenary_implementations() -> Mapping[str, str]:
    """Name implementations of existing functions for one kind of device.

    Returns:
        ``{"<function>@<device kind>:<provider>": target}``. The function is named as it was declared, the
        device kind as in the specifier (``numpy`` for ``@numpy``), the provider is a word of yours. The
        target is an `Implementation` object, or a function that gets the `Declaration` and returns one.

        ``{"convolution_2d@numpy:onednn": "my_package.convolution:CONVOLUTION_2D"}``
    """


@hookspec
def catenary_links() -> Mapping[str, str]:
    """Name links.

    Returns:
        ``{name: target}``. The target is a subclass of `catenary.Link`. It is found as
        ``catenary.links.<name>``.

        ``{"ResNet50": "my_package.vision:ResNet50"}``
    """


@hookspec
def catenary_initializers() -> Mapping[str, str]:
    """Name initializers of parameters.

    Returns:
        ``{name: target}``. The target is a subclass of `catenary.Initializer`. It is found as
        ``catenary.initializers.<name>``.

        ``{"TruncatedNormal": "my_package.initializers:TruncatedNormal"}``
    """


@hookspec
def catenary_optimizers() -> Mapping[str, str]:
    """Name optimizers.

    Returns:
        ``{name: target}``. The target is a subclass of ``catenary.optimizers.Optimizer``. It is found as
        ``catenary.optimizers.<name>`` and by ``catenary.optimizers.get(name)``.

        ``{"Lion": "my_package.optimizers:Lion"}``
    """


@hookspec
def catenary_optimizer_hooks() -> Mapping[str, str]:
    """Name hooks for ``optimizer.add_hook``.

    Returns:
        ``{name: target}``. The target is a class whose instances are called with the update rule and the
        parameter, or with the optimizer. It is found as ``catenary.optimizer_hooks.<name>``.

        ``{"CentralizeGradients": "my_package.hooks:CentralizeGradients"}``
    """


@hookspec
def catenary_extensions() -> Mapping[str, str]:
    """Name extensions of the trainer.

    Returns:
        ``{name: target}``. The target is an extension class, or a function that returns an extension. It is
        found as ``catenary.training.extensions.<name>`` and by ``trainer.extend(name)``.

        ``{"WebhookReport": "my_package.extensions:WebhookReport"}``
    """


@hookspec
def catenary_triggers() -> Mapping[str, str]:
    """Name triggers of the trainer.

    Returns:
        ``{name: target}``. The target is a class whose instances are called with the trainer and return
        whether they fire. It is found as ``catenary.training.triggers.<name>``.

        ``{"PlateauTrigger": "my_package.triggers:PlateauTrigger"}``
    """


@hookspec
def catenary_serializers() -> Mapping[str, str]:
    """Name file formats for models and snapshots.

    Returns:
        ``{name: target}``. The name is that of the format, the target the format object that
        ``catenary.serializers.save`` and ``load`` use.

        ``{"zarr": "my_package.files:ZARR"}``
    """


@hookspec
def catenary_datasets() -> Mapping[str, str]:
    """Name data sets.

    Returns:
        ``{name: target}``. The target is a callable that returns a dataset or a tuple of datasets. It is
        found as ``catenary.datasets.<name>``.

        ``{"get_flowers": "my_package.flowers:get_flowers"}``
    """


@hookspec
def catenary_devices() -> Mapping[str, str]:
    """Name kinds of devices.

    Returns:
        ``{kind: target}``. The kind is the word in the specifier (``cupy`` in ``@cupy:0``). The target is a
        callable that takes an index, or None where the specifier has none, and returns a `catenary.Device`.

        ``{"mydevice": "my_package.device:open_device"}``
    """


@hookspec
def catenary_commands() -> Mapping[str, str]:
    """Name subcommands of the ``catenary`` command.

    Returns:
        ``{name: target}``. The target is a function ``(argv: list[str]) -> int`` that gets the arguments
        after its name and returns the exit status; the first line of its docstring is its help.

        ``{"export": "my_package.export:main"}``
    """


@hookspec
def catenary_diagnostics() -> Mapping[str, str]:
    """Name what ``catenary doctor`` shows of libraries that a plugin uses.

    Returns:
        ``{name: target}``. The target is a function without arguments that returns a line: what was found, or
        what is missing.

        ``{"mylib": "my_package.library:describe"}``
    """
