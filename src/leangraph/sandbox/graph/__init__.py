"""The families of endpoints, one file each: a new file in this folder is a new family."""

from importlib import import_module
from pkgutil import walk_packages


def load() -> None:
    """Import every family, so that its endpoints are registered."""
    for module in walk_packages(__path__, f"{__name__}."):
        import_module(module.name)
