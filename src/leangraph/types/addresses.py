"""The classes of addresses, for annotations: ``from leangraph.types.addresses import UserAddress``.

The stub beside this module says what follows what; at run time, they are all ``leangraph.Address``.
"""

from __future__ import annotations

from leangraph.address import Address


def __getattr__(name: str) -> type[Address]:
    if name.startswith("_"):
        raise AttributeError(name)
    return Address
