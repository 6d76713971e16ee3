"""The commands, by the sections of ``leangraph --help``."""
