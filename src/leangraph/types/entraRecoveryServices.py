"""The stub beside this module says what is in it."""

from leangraph.types import names

__getattr__ = names("entraRecoveryServices")
