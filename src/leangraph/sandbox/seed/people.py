"""Who lives in a fresh tenant: the same people for the same seed, however many come after them."""

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import blake2b
from typing import Any

from . import skus


def words(text: str) -> list[str]:
    return text.split()


DOMAIN = "contoso.example"
PARTNER = "fabrikam.example"

# The first few are everybody's edge cases: a quote, accents, another script, a guest.
FIRST = (
    ("Ada", "Lovelace", "ada.lovelace"),
    ("Siobhán", "O'Brien", "siobhan.o'brien"),
    ("Zoë", "Åström", "zoe.astrom"),
    ("Ingrid", "Berg", "guest"),
    ("小龍", "李", "xiaolong.li"),
    ("Grace", "Hopper", "grace.hopper"),
    ("Łukasz", "Żółkiewski", "lukasz.zolkiewski"),
    ("María José", "de la Cruz", "mariajose.delacruz"),
)
GIVEN = words(
    "Adele Alex Amir Ana Björn Brigitte Chen Chiara Dana David Diego Elena Emeka Emily Erik "
    "Fatima Felix Femi George Hana Henrietta Isaiah Ivan Jin Johanna Jörg Joni Kenji Lara Lee "
    "Lidia Lynne Malik Mateo Megan Miriam Nadia Nestor Noor Olga Patti Pradeep Raj Renée Rosa "
    "Samuel Tomás Uta Vera Yusuf"
)
SURNAMES = words(
    "Abbas Adeyemi Bianchi Bowen Brandão Cartwright Cazares Chowdhury Córdova D'Angelo Diaz "
    "Dvořák Eriksson Fernández Fischer García Gruber Hansen Harroway Ibrahim Ivanova Jensen "
    "Johansson Kim Kowalski Kumar Langer Lehtinen MacDonald Moreau Müller Nakamura Nguyen "
    "Novák Okafor Öztürk Pereira Petrov Robbins Rossi Sato Schröder Singh Smith Søndergaard "
    "Tanaka Valdez Vance Weiß Wilber"
)
DEPARTMENTS = (
    ("Engineering", ("Software Engineer", "Engineering Manager", "Site Reliability Engineer")),
    ("Finance", ("Accountant", "Controller")),
    ("Human Resources", ("Recruiter", "HR Partner")),
    ("IT", ("Systems Administrator", "Help Desk Analyst", "Security Analyst")),
    ("Legal", ("Counsel", "Paralegal")),
    ("Marketing", ("Marketing Specialist", "Designer")),
    ("Research & Development", ("Researcher", "Laboratory Assistant")),
    ("Sales", ("Account Executive", "Sales Engineer")),
)
PLACES = (
    ("Berlin", "Germany", "DE", "de-DE", "+49 30 5550"),
    ("Dublin", "Ireland", "IE", "en-IE", "+353 1 555"),
    ("Lagos", "Nigeria", "NG", "en-NG", "+234 1 555"),
    ("Osaka", "Japan", "JP", "ja-JP", "+81 6 5555"),
    ("São Paulo", "Brazil", "BR", "pt-BR", "+55 11 5555"),
    ("Seattle", "United States", "US", "en-US", "+1 206 555"),
    ("Warszawa", "Poland", "PL", "pl-PL", "+48 22 555"),
)
_LICENSES = [  # by a die of 16
    [{"disabledPlans": [], "skuId": sku.id} for sku in bought]
    for bought in (*[(skus.E5,)] * 3, (skus.E5, skus.FLOW), *[(skus.E3,)] * 7, *[(skus.F3,)] * 3, *[()] * 2)
]
_METHODS = [  # by a die of 256
    *[["microsoftAuthenticatorPush", "softwareOneTimePasscode"]] * 120,
    *[["mobilePhone"]] * 40,
    *[["mobilePhone", "email"]] * 20,
    *[["fido2SecurityKey", "microsoftAuthenticatorPush"]] * 12,
    *[["email"]] * 16,
    *[[]] * 48,
]
_EVERY_METHOD = words(
    "email fido2SecurityKey macOsSecureEnclaveKey microsoftAuthenticatorPush mobilePhone softwareOneTimePasscode "
    "windowsHelloForBusiness"
)
_LUCK = (16, 17, 18, 0, 230, 19, 20, 200)  # of the first few: one never signed in, one not for months
PENDING_GUEST, STALE_GUEST = 12, 44  # one that never took up its invitation, one that has not come for months
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "ß": "ss", "'": "", " ": ""})


def guid(*parts: object) -> str:
    """Return the GUID (version 4 by its looks) that belongs to ``parts``."""
    return _guid(_digest(*parts).hex())


def users(seed: object, number: int, domain: str = DOMAIN, now: float | None = None) -> Iterator[dict[str, Any]]:
    """Yield ``number`` users. The n-th is the same whatever ``number`` is.

    When they last signed in is so many days before ``now``, and left out without it.
    """
    taken: dict[str, int] = {}
    days = days_before(now, 400) if now is not None else ()
    for n in range(number):
        dice = _digest(seed, "user", n)
        if n < len(FIRST):
            given, surname, alias = FIRST[n]
            guest = alias == "guest"
        else:
            given, surname = GIVEN[dice[0] % len(GIVEN)], SURNAMES[dice[1] % len(SURNAMES)]
            guest = dice[2] < 8 or n in (PENDING_GUEST, STALE_GUEST)
            alias = f"{plain(given)}.{plain(surname)}"
            taken[alias] = again = taken.get(alias, 0) + 1
            if again > 1:
                alias += str(again)
        if guest:
            user = _guest(n, dice, given, surname, domain)
        else:
            user = _member(n, dice, given, surname, alias, domain)
        signed_in = _signed_in(_luck(n, dice), dice, days)
        if signed_in:
            user["signInActivity"] = {"lastSignInDateTime": signed_in}
        yield user


def _luck(n: int, dice: bytes) -> int:
    """Return what decides when somebody last signed in."""
    if n < len(FIRST):
        return _LUCK[n]
    return {PENDING_GUEST: 0, STALE_GUEST: 250}.get(n, dice[7] ^ dice[12])


def days_before(now: float, number: int) -> list[str]:
    """Return today and the days before it, as Graph writes dates."""
    today = datetime.fromtimestamp(now, UTC).date()
    return [(today - timedelta(days)).isoformat() for days in range(number)]


def _signed_in(luck: int, dice: bytes, days: Sequence[str]) -> str:
    """Return when somebody last signed in: most of late, some not for long, a few never."""
    if not days or luck < 16:
        return ""
    ago = 1 + luck % 7 if luck < 176 else 8 + luck % 50 if luck < 216 else 90 + luck + dice[2] % 40
    return f"{days[ago]}T{6 + dice[13] % 14:02}:{dice[14] % 60:02}:{dice[8] % 60:02}Z"


def _member(n: int, dice: bytes, given: str, surname: str, alias: str, domain: str) -> dict[str, Any]:
    city, country, usage, language, phone = PLACES[dice[3] % len(PLACES)]
    department, titles = DEPARTMENTS[dice[4] % len(DEPARTMENTS)]
    upn = f"{alias}@{domain}"
    user = {
        "id": _guid(dice.hex()),
        "accountEnabled": dice[5] >= 16,
        "businessPhones": [f"{phone} {n % 10000:04}"],
        "city": city,
        "companyName": "Contoso",
        "country": country,
        "createdDateTime": _created(dice),
        "department": department,
        "displayName": f"{given} {surname}",
        "employeeId": str(100_000 + n),
        "givenName": given,
        "jobTitle": titles[dice[6] % len(titles)],
        "mail": upn,
        "mailNickname": alias.replace("'", ""),
        "officeLocation": f"{dice[7] % 40 + 1}/{1000 + dice[8]}",
        "preferredLanguage": language,
        "proxyAddresses": [f"SMTP:{upn}"],
        "surname": surname,
        "usageLocation": usage,
        "userPrincipalName": upn,
        "userType": "Member",
    }
    licenses = _LICENSES[0 if n < len(FIRST) else dice[15] // 16]
    if licenses:
        user["assignedLicenses"] = licenses
    methods = _EVERY_METHOD if n == 0 else _METHODS[dice[1] ^ dice[9]]
    if methods:
        user["methods"] = methods  # of Entra's own, not Graph's: what userRegistrationDetails counts
    if dice[9] < 96:
        user["mobilePhone"] = f"{phone} {9999 - n % 10000:04}"
    return user


def _guest(n: int, dice: bytes, given: str, surname: str, domain: str) -> dict[str, Any]:
    mail = f"{plain(given)}.{plain(surname)}{n}@{PARTNER}"
    local = mail.replace("@", "_")
    return {
        "id": _guid(dice.hex()),
        "accountEnabled": True,
        "createdDateTime": _created(dice),
        "creationType": "Invitation",
        "displayName": f"{given} {surname}",
        "externalUserState": "PendingAcceptance" if n == PENDING_GUEST else "Accepted",
        "externalUserStateChangeDateTime": _created(dice),
        "givenName": given,
        "mail": mail,
        "mailNickname": f"{local}#EXT#",
        "otherMails": [mail],
        "surname": surname,
        "userPrincipalName": f"{local}#EXT#@{domain}",
        "userType": "Guest",
    }


def _created(dice: bytes) -> str:
    day = f"20{20 + dice[10] % 5}-{dice[11] % 12 + 1:02}-{dice[12] % 28 + 1:02}"
    return f"{day}T{dice[13] % 24:02}:{dice[14] % 60:02}:00Z"


def _digest(*parts: object) -> bytes:
    return blake2b("/".join(map(str, parts)).encode(), digest_size=16).digest()


def _guid(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"


@cache
def plain(name: str) -> str:
    """Return a name as mail addresses write it."""
    text = unicodedata.normalize("NFKD", name.lower().translate(_PLAIN))
    return "".join(letter for letter in text if letter.isascii())
