"""The bodies of actions: ``POST /users/{id}/assignLicense`` and the like take named parameters."""

from __future__ import annotations

from leangraph.knowledge import schema

from .call import Call, bad_request
from .model import fits
from .store import Doc


def parameters(call: Call, bound_to: str, *required: str) -> Doc:
    """Return the parameters of the action at the end of the path as the metadata spells them.

    Args:
        bound_to: the type that the action is called on, ``user`` or ``Collection(directoryObject)``.
        required: what Microsoft's metadata marks as not nullable.

    Raises :class:`Refusal` with the 400s of Graph's OData library.
    """
    asked = call.segments[-1].lower().removeprefix("microsoft.graph.")
    name, overloads = next(
        (name, found) for name, found in schema.operations(bound_to).items() if name.lower() == asked
    )
    known = {key.lower(): (key, kind) for one in overloads for key, kind in one.get("parameters", {}).items()}
    given: Doc = {}
    for key, value in (call.json() if call.request.body or required else {}).items():
        if key.startswith("@"):
            continue
        if key.lower() not in known:
            no = f"is not a valid parameter for the operation '{name}'."
            bad_request(f"The parameter '{key[:200]}' in the request payload {no}")
        spelled, kind = known[key.lower()]
        if value is None and spelled not in required:
            continue
        if not fits(kind, value):
            bad_request(
                f"Cannot convert the value of parameter '{spelled}' to type '{kind}'.", "Request_BadRequest"
            )
        given[spelled] = value
    missing = ",".join(key for key in required if key not in given)
    if missing:
        bad_request(
            f"One or more parameters of the operation '{name}' are missing from the request payload. The missing "
            f"parameters are: {missing}.",
            "Request_BadRequest",
        )
    return given
