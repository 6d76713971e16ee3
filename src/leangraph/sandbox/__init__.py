"""A Microsoft Graph tenant on your own machine: real HTTPS, real SQLite, nobody's data.

    with Sandbox(users=50) as sandbox:
        os.environ.update(sandbox.env)  # and run your script

It shares no code with the client, only the specification, so a misreading cannot cancel itself out.
"""

from .login.registry import Secret
from .pipeline import Recorded
from .tenant import Sandbox

__all__ = ["Recorded", "Sandbox", "Secret"]
