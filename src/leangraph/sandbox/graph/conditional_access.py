"""Conditional access policies and named locations: what a valid one has, and what can be deleted.

Sources: "Create conditionalAccessPolicy" (an application rule, a user rule and a control at least), "Update
conditionalAccessPolicy", "Create namedLocation", "ipNamedLocation" and "countryNamedLocation" in the API
reference.
Words of 1007: hashicorp/terraform-provider-azuread#790, for a value that is no member of its enumeration #730.
A trusted location cannot be deleted: MicrosoftDocs/azure-docs#108713.
"""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Any, NoReturn

from leangraph.knowledge import enums, schema

from ..core.call import Call, bad_request
from ..core.families import Family, Write, family
from ..core.store import Doc

ROOT = "/identity/conditionalAccess"
SCHEMA = (
    "1007: Incoming ConditionalAccessPolicy object is null or does not match the schema of "
    "ConditionalAccessPolicy type. For examples, please see API documentation at https://docs.microsoft.com/en-us/graph/api/"
    "conditionalaccessroot-post-policies?view=graph-rest-1.0."
)
WHAT = (
    "includeApplications",
    "includeUserActions",
    "includeAuthenticationContextClassReferences",
    "applicationFilter",
)
WHO = ("includeUsers", "includeGroups", "includeRoles", "includeGuestsOrExternalUsers")
GRANTS = ("builtInControls", "customAuthenticationFactors", "termsOfUse")


def _refuse() -> NoReturn:
    bad_request(SCHEMA, "BadRequest")


def _members_only(kind: str, value: Any) -> bool:
    """Tell whether every value of an enumeration, however deep, is one of its members."""
    if isinstance(value, list):
        one = kind.removeprefix("Collection(").removesuffix(")")
        return all(_members_only(one, each) for each in value)
    if isinstance(value, dict):
        known = {name.lower(): of for name, of in schema.properties(kind).items()}
        return all(_members_only(known.get(name.lower(), ""), each) for name, each in value.items())
    members = enums()["members"].get(kind)
    if members is None or not isinstance(value, str):
        return True
    allowed = {name.lower() for name in members} - {"unknownfuturevalue"}
    return all(part.strip().lower() in allowed for part in value.split(","))


def _whole(kind: str, value: Doc | None) -> Doc:
    """Return a complex value with all its members, as Graph shows it."""
    empty: Doc = {
        name: [] if of.startswith("Collection(") else None for name, of in schema.properties(kind).items()
    }
    return {**empty, **{name: each for name, each in (value or {}).items() if each is not None or name in empty}}


def _policy(write: Write) -> Doc:
    doc, before = write.doc, write.before or {}
    if not _members_only(write.kind, write.changes) or not doc.get("displayName") or not doc.get("state"):
        _refuse()
    conditions = _whole(
        "conditionalAccessConditionSet",
        {**(before.get("conditions") or {}), **(write.changes.get("conditions") or {})},
    )
    conditions["clientAppTypes"] = conditions["clientAppTypes"] or ["all"]
    users, apps, workloads = (conditions[name] or {} for name in ("users", "applications", "clientApplications"))
    if not any(apps.get(name) for name in WHAT):
        _refuse()
    if not any(users.get(name) for name in WHO) and not any(
        workloads.get(name) for name in ("includeServicePrincipals", "servicePrincipalFilter")
    ):
        _refuse()
    conditions["applications"] = _whole("conditionalAccessApplications", apps)
    conditions["users"] = _whole("conditionalAccessUsers", users) if users else None
    times: Doc = {name: before[name] for name in ("id", "createdDateTime") if name in before}
    times["modifiedDateTime"] = write.call.directory.now() if before else None
    return {"conditions": conditions, "grantControls": _controls(doc), **times}


def _controls(doc: Doc) -> Doc | None:
    """Return the grant controls; raises Graph's 400 for a policy that asks for nothing."""
    asked = doc.get("grantControls")
    if asked is None:
        if not any(value for name, value in (doc.get("sessionControls") or {}).items() if "@" not in name):
            _refuse()
        return None
    strength = any(name.lower().startswith("authenticationstrength") for name in asked)
    if asked.get("operator") not in ("AND", "OR") or not (strength or any(asked.get(name) for name in GRANTS)):
        _refuse()
    return _whole("conditionalAccessGrantControls", asked)


for _path in (f"{ROOT}/policies", "/policies/conditionalAccessPolicies"):  # two names of one place
    family(
        Family(
            "conditionalAccessPolicy",
            _path,
            check=_policy,
            partly="no sign-in is judged by a policy; that its users, apps and locations exist is not checked",
        )
    )


def _location(write: Write) -> Doc:
    """Check a location. Sources: "Required" on the pages of both types; the words are ours."""
    doc, before = write.doc, write.before
    made: Doc = {"modifiedDateTime": write.call.directory.now()}
    if before is not None:
        made |= {name: before[name] for name in ("id", "createdDateTime") if name in before}
    if not doc.get("displayName") or not _members_only(write.kind, write.changes):
        bad_request("A named location has to have a displayName, and values as documented.", "BadRequest")
    if write.kind == "ipNamedLocation":
        ranges = doc.get("ipRanges") or []
        if not ranges or not all(_is_range(each.get("cidrAddress")) for each in ranges):
            bad_request("ipRanges has to have ranges of IPv4 or IPv6 in CIDR format.", "BadRequest")
        return {"isTrusted": False, **_given(doc, "isTrusted"), **made}
    if write.kind != "countryNamedLocation":
        bad_request("The @odata.type of a named location has to be given.", "BadRequest")
    countries = doc.get("countriesAndRegions") or []
    if not countries or not all(re.fullmatch("[A-Za-z]{2}", each) for each in countries):
        bad_request("countriesAndRegions has to have two-letter codes of ISO 3166-2.", "BadRequest")
    defaults = {"includeUnknownCountriesAndRegions": False, "countryLookupMethod": "clientIpAddress"}
    return {**defaults, **_given(doc, *defaults), **made}


def _given(doc: Doc, *names: str) -> Doc:
    return {name: doc[name] for name in names if doc.get(name) is not None}


def _is_range(text: object) -> bool:
    if not isinstance(text, str) or "/" not in text:
        return False
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _keep_trusted(call: Call, doc: Doc) -> None:
    if doc.get("isTrusted"):
        bad_request("A trusted named location cannot be deleted: set isTrusted to false first.", "BadRequest")


family(
    Family(
        "namedLocation",
        f"{ROOT}/namedLocations",
        check=_location,
        remove=_keep_trusted,
        partly="a location that a policy names can be deleted",
    )
)
