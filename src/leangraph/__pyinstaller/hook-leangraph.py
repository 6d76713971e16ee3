"""What a frozen program needs of leangraph that no import statement shows."""

from importlib.util import find_spec

from PyInstaller.utils.hooks import collect_data_files, collect_submodules

OURS_ONLY = ("leangraph.pytest_plugin", "leangraph.__pyinstaller")  # of use where Python is installed
OPTIONAL = ("truststore", "keyring", "orjson", "xlsxwriter", "duckdb", "pymsalruntime")  # loaded if they are there

datas = collect_data_files("leangraph", excludes=["**/*.pyi"])
hiddenimports = collect_submodules("leangraph", filter=lambda name: not name.startswith(OURS_ONLY))
hiddenimports += [name for name in OPTIONAL if find_spec(name) is not None]
