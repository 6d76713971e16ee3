"""Every type of Microsoft Graph v1.0, for annotations: ``from leangraph.types import User, UserAddress``.

The stubs beside this module say what is in them, and cost nothing at run time. There, an object is a ``dict``;
what an enumeration, a date or a word of ``select`` is made of, a ``str``; and all addresses are ``Address``.
"""

from leangraph.types._names import names

__getattr__ = names()
