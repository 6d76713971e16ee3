"""The stub beside this module says what is in it."""

from leangraph.types._names import names

__getattr__ = names("customDataProvidedResourcePayloads")
