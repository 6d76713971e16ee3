"""Graph's rules as tables: what takes an advanced query, which POSTs read, how a job says that it has ended.

Names are in lower case, as the functions that read these tables compare them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

# --- advanced queries on directory objects: https://learn.microsoft.com/graph/aad-advanced-queries

ADVANCED_PROPERTIES: Final[dict[str, frozenset[str]]] = {
    root: frozenset(names.lower().split())
    for root, names in {
        "users": "assignedPlans businessPhones companyName employeeHireDate employeeOrgData employeeType "
        "faxNumber mobilePhone officeLocation onPremisesExtensionAttributes onPremisesSamAccountName "
        "passwordProfile postalCode preferredLanguage provisionedPlans showInAddressList streetAddress",
        "groups": "description expirationDateTime onPremisesSamAccountName preferredLanguage",
        "devices": "extensionAttributes registrationDateTime",
        "applications": "description web",
        "serviceprincipals": "appOwnerOrganizationId description homepage",
        "administrativeunits": "description",
        "contacts": "",
        "directoryobjects": "",
        "directoryroles": "",
    }.items()
}
DEFAULT_ORDER: Final[dict[str, frozenset[str]]] = {  # what sorts without the pair
    "users": frozenset({"displayname", "userprincipalname"}),
    "groups": frozenset({"displayname"}),
}
ADVANCED_RELATIONS: Final = frozenset(
    (
        "members transitivemembers memberof transitivememberof owners ownedobjects owneddevices "
        "registereddevices registeredowners registeredusers directreports transitivereports createdobjects"
    ).split()
)

# --- reading and writing

# Actions that are sent by POST and change nothing; every other POST counts as a write.
READING_ACTIONS: Final = frozenset(
    (
        "getbyids checkmembergroups checkmemberobjects getmembergroups getmemberobjects ismemberof "
        "getavailableextensionproperties getuserownedobjects validateproperties getmailtips findmeetingtimes "
        "getschedule getstaffavailability translateexchangeids getpresencesbyuserid runhuntingquery "
        "evaluatedynamicmembership checkgrantedpermissionsforapp extractsensitivitylabels"
    ).split()
)
# Where DELETE …/{id} without /$ref deletes the object at the other end.
MEMBERSHIPS: Final = frozenset(
    (
        "groups/members groups/owners groups/acceptedsenders groups/rejectedsenders directoryroles/members "
        "administrativeunits/members devices/registeredowners devices/registeredusers applications/owners "
        "serviceprincipals/owners"
    ).split()
)

# --- services: https://learn.microsoft.com/graph/throttling-limits

OF_A_MAILBOX: Final = frozenset(
    (
        "calendar calendargroups calendars calendarview contactfolders contacts events inferenceclassification "
        "mailboxsettings mailfolders messages outlook people sendmail todo"
    ).split()
)
OF_THE_DIRECTORY: Final = frozenset(
    (
        "administrativeunits applications contacts contracts devices directory directoryobjects directoryroles "
        "directoryroletemplates domains groups me oauth2permissiongrants organization policies serviceprincipals "
        "subscribedskus users"
    ).split()
)

# --- long-running jobs

# What a job says while it goes on. Every other word is an end, so that a new one is not waited for in vain;
# unknownFutureValue is no word of the job's: Graph hides one that is newer than the client it knows.
RUNNING: Final = frozenset(
    (
        "activating calculating calloutsent closing creating deletepending deleterequested deleting delivering "
        "establishing inprocessing inprogress initialized loadingdata notstarted pending pendingactive "
        "pendingapproval processing provisioning queued requested retrying running scheduled scheduling started "
        "starting submitted unknownfuturevalue updaterequested updating uploading validating waiting "
        "waitingforcallback"
    ).split()
)
_PARTLY: Final = re.compile(r"partial|witherrors?$|entrylevelerrors|noncriticalfailures")
_FAILED: Final = re.compile(
    r"fail|cancel|abort|error|invalid|timedout|timeout|denied|reject|skipped|expired|terminated|stopped|abandoned|"
    r"exceeded|declined|unsuccessful"
)


def job_state(word: str) -> Literal["running", "done", "partial", "failed"]:
    """Tell how a job is from the word that its status says; "" counts as done.

    Source: every enumeration of a ``status`` or ``state`` in the v1.0 metadata.
    """
    low = word.lower()
    if low in RUNNING:
        return "running"
    if _PARTLY.search(low):
        return "partial"
    return "failed" if _FAILED.search(low) else "done"


# --- options without a $

OWN_OPTIONS: Final[dict[str, frozenset[str]]] = {
    "sites": frozenset({"search"}),  # https://learn.microsoft.com/graph/api/site-search
    "content": frozenset({"format"}),  # https://learn.microsoft.com/graph/api/driveitem-get-content-format
}


def own_options(segments: Sequence[str]) -> frozenset[str]:
    """Return the query options of a path that are its own, and no OData: they go without ``$``.

    ``segments`` are in lower case, without the version.
    """
    last = segments[-1] if segments else ""
    if last == "sites" and len(segments) > 1:
        return frozenset()
    return OWN_OPTIONS.get(last, frozenset())
