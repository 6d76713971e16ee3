"""The query language of the sandbox: query options become a tree, which :mod:`.sql` writes over JSON documents.

    query = odata.parse(parse_qsl(url.query, keep_blank_values=True))
    rules.refuse("user", query, eventual=True)  # what Graph says no to
    where, values = sql.to_sql(query.where, rules.TYPES["user"])

Strings and GUIDs compare without regard to case, dates as instants to the millisecond. A comparison with a
missing or null property is true or false (``ne 'x'`` is true); a function of it is null, and null is left out,
after ``not`` as well. Messages that begin "The query ..." are ours; the others are Graph's, as documented or
quoted in public. Sources: https://learn.microsoft.com/graph/filter-query-parameter and search-query-parameter;
OData 4.01 part 2, 5.1.1.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

# SQLite takes 999 values (before 3.32), expressions 1,000 deep and some 30 brackets within brackets.
MAX_LENGTH = 10_000  # characters of a $filter or $search
MAX_DEPTH = 20  # brackets within brackets
MAX_EXPANDS = 5  # within one another
MAX_LEAVES = 300  # comparisons, functions and members of `in` lists
COLLECTION = "Collection"


class ODataError(Exception):
    """Graph refuses the query: answer with ``status`` and an error of this ``code`` and ``message``."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


class Field(NamedTuple):
    """A property: its path in Graph's own spelling, its type, and what ``$filter`` may do with it.

    ``groupTypes[]`` is an element of a collection, and ``groupTypes`` itself is of type COLLECTION.
    ``advanced`` means that even ``eq`` needs ``ConsistencyLevel: eventual`` and ``$count=true``. ``sql`` takes
    the place of a look-up in the document, for what is not stored there (``manager/id``).
    """

    path: str
    type: str = "Edm.String"
    advanced: bool = False
    starts: bool = False
    ranges: bool = False
    nulls: bool = False
    sql: str = ""


Types = Mapping[str, Field]  # by lower-case path
Value = str | bool | int | float | UUID | date | datetime | None  # a datetime is in UTC


@dataclass(frozen=True, slots=True)
class And:
    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"


@dataclass(frozen=True, slots=True)
class Compare:
    """A path may end in ``/$count``; inside ``any`` it reads ``assignedLicenses[]/skuId`` or ``groupTypes[]``."""

    path: str
    op: str  # eq ne gt ge lt le has
    value: Value


@dataclass(frozen=True, slots=True)
class In:
    path: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Call:
    name: str  # startswith endswith contains; search is a $search by words
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class AnyOf:
    """``path/any(x:part)``; no part asks for any element at all."""

    path: str
    part: "Node | None"


@dataclass(frozen=True, slots=True)
class IsOf:
    """The object is of a type, or of one that derives from it."""

    kind: str


Node = And | Or | Not | Compare | In | Call | AnyOf | IsOf


class Order(NamedTuple):
    path: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Expand:
    """One relationship of an ``$expand``, ``*`` for all, and the options of its items. ``levels`` 0 is ``max``."""

    name: str
    select: tuple[str, ...] = ()
    filter: "Node | None" = None
    orderby: tuple[Order, ...] = ()
    top: int | None = None
    levels: int = 1
    count: bool = False
    expand: "tuple[Expand, ...]" = ()

    @property
    def deeper(self) -> "tuple[Expand, ...]":
        """What is expanded of each item: what is nested in it, and itself while there are levels left."""
        if self.levels == 1:
            return self.expand
        return (*self.expand, replace(self, levels=max(self.levels - 1, 0)))


@dataclass(frozen=True, slots=True)
class Query:
    """The query options of one request. ``where`` is what ``filter`` and ``search`` ask for together."""

    filter: Node | None = None
    search: Node | None = None
    orderby: tuple[Order, ...] = ()
    select: tuple[str, ...] = ()
    expand: tuple[Expand, ...] = ()
    top: int | None = None
    skip: int | None = None
    count: bool = False
    skiptoken: str = ""
    deltatoken: str = ""
    id: str = ""

    @property
    def where(self) -> Node | None:
        if self.filter and self.search:
            return And((self.filter, self.search))
        return self.filter or self.search


def malformed(message: str) -> ODataError:
    return ODataError("BadRequest", message)


def unsupported(message: str) -> ODataError:
    return ODataError("Request_UnsupportedQuery", message)


def unsupported_operator(name: str) -> ODataError:
    return unsupported(f"Unsupported property filter clause operator '{name}'.")


# --- Text to tree

# What a tenant may add to a type: a directory extension, a schema extension.
CUSTOM = re.compile(r"extension_[0-9a-f]{32}_\w+|ext[0-9a-z]{8}_\w+", re.ASCII | re.IGNORECASE)
PROPERTY_PATH = r"[A-Za-z_][\w.]*(?:/[A-Za-z_][\w.]*)*"
_FILTER_TOKEN = re.compile(
    rf"""(?P<string>'(?:[^']|'')*+')
    | (?P<guid>[0-9a-f]{{8}}-(?:[0-9a-f]{{4}}-){{3}}[0-9a-f]{{12}}\b)
    | (?P<date>\d{{4}}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?(?![\w:.]))
    | (?P<number>-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.]))
    | (?P<name>{PROPERTY_PATH}(?:/\$count\b)?)
    | (?P<mark>[(),:])""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
_SEARCH_TOKEN = re.compile(r'(?P<string>"(?:[^"\\]|\\.)*+")|(?P<name>\w+)|(?P<mark>[()])', re.ASCII | re.DOTALL)
_OPERATORS = ("eq", "ne", "gt", "ge", "lt", "le", "has")
_LITERALS = {"true": True, "false": False, "null": None}
_UNKNOWN_FUNCTION = (
    "An unknown function with name '{}' was found. This may also be a function import or a key lookup on a "
    "navigation property, which is not allowed."
)
_BAD_DATE = (
    "The DateTimeOffset text '{}' should be in format 'yyyy-mm-ddThh:mm:ss('.'s+)?(zzzzzz)?' and each field value "
    "is within valid range."
)
_BAD_NOT = (
    "A unary operator with an incompatible type was detected. Found operand type 'Edm.String' for operator kind "
    "'Not'."
)


class _Token(NamedTuple):
    kind: str  # string guid date number name mark end
    text: str
    at: int


class _Grammar:
    """``or`` of ``and`` of ``not``, brackets and leaves: what $filter and $search have in common.

    Brackets are counted before anything recurses, so that no text makes the recursion deep.
    """

    token: re.Pattern[str]
    prefix = ""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.leaves = text, 0, 0
        self.tokens = list(self.lex())

    def lex(self) -> Iterator[_Token]:
        at = depth = 0
        if len(self.text) > MAX_LENGTH or not _encodable(self.text):
            raise malformed(f"The query is longer than {MAX_LENGTH} characters, or one of them is not valid.")
        while at < len(self.text):
            found = self.token.match(self.text, at)
            if found:
                yield _Token(str(found.lastgroup), found[0], at)
                depth += {"(": 1, ")": -1}.get(found[0], 0)
                at = found.end()
            elif self.text[at].isspace():
                at += 1
            else:
                raise self.error(f"Syntax error: character '{self.text[at]}' is not valid at position {at}", at)
            if depth > MAX_DEPTH:
                raise malformed(f"{self.prefix}Recursion depth exceeded allowed limit.")
        yield _Token("end", "", at)

    def error(self, message: str = "", at: int | None = None) -> ODataError:
        """Return a complaint about the text, by default about the token under the cursor."""
        message = message or f"Syntax error at position {self.tokens[self.at].at if at is None else at}"
        return malformed(f"{self.prefix}{message} in '{self.text[:200]}'.")

    def take(self, kind: str, text: str = "") -> str:
        """Return the text of the next token, which has to be of this kind, and this one if it is given."""
        token = self.tokens[self.at]
        if token.kind != kind or (text and token.text != text):
            raise self.error()
        self.at += 1
        return token.text

    def skip(self, kind: str, text: str) -> bool:
        """Step over a token if it comes next, and tell whether it did."""
        token = self.tokens[self.at]
        found = token.kind == kind and (token.text if kind == "mark" else self.keyword(token.text)) == text
        self.at += found
        return found

    def keyword(self, text: str) -> str:
        return text.lower()

    def grow(self) -> None:
        self.leaves += 1
        if self.leaves > MAX_LEAVES:
            raise malformed(f"{self.prefix}The node count limit of '{MAX_LEAVES}' has been exceeded.")

    def parse(self) -> Node:
        tree = self.either()
        self.take("end")
        return tree

    def either(self) -> Node:
        parts = [self.both()]
        while self.skip("name", "or"):
            parts.append(self.both())
        return Or(tuple(parts)) if len(parts) > 1 else parts[0]

    def both(self) -> Node:
        parts = [self.negated()]
        while self.skip("name", "and"):
            parts.append(self.negated())
        return And(tuple(parts)) if len(parts) > 1 else parts[0]

    def negated(self) -> Node:
        start = self.at
        while self.skip("name", "not"):
            pass
        negations = self.at - start
        if self.skip("mark", "("):
            part = self.either()
            self.take("mark", ")")
        else:
            self.grow()
            part = self.leaf()
            if negations and isinstance(part, Compare | In):  # `not` binds closer: it is `not (name eq 'x')`
                raise malformed(self.prefix + _BAD_NOT)
        return Not(part) if negations % 2 else part

    def leaf(self) -> Node:
        raise NotImplementedError


class _Filter(_Grammar):
    token = _FILTER_TOKEN
    prefix = "Invalid filter clause: "
    collection = variable = ""  # those of the any(...) around

    def leaf(self) -> Node:
        name = self.take("name")
        path, _, last = name.rpartition("/")
        last = last.lower()
        if self.skip("mark", "("):
            return self.lambda_(path, last) if path and last in {"any", "all"} else self.function(name)
        path = self.path(name)
        if self.skip("name", "in"):
            return In(path, tuple(self.members()))
        op = self.take("name").lower()
        if op not in _OPERATORS:
            self.at -= 1
            raise self.error()
        return Compare(path, op, self.literal())

    def path(self, name: str) -> str:
        """Return ``name`` as seen from the document: ``s/skuId`` is ``assignedLicenses[]/skuId``."""
        if not self.variable:
            return name
        variable, slash, rest = name.partition("/")
        if variable != self.variable:
            raise malformed(f"The query has '{name[:200]}' where '{self.variable}' should come first.")
        return f"{self.collection}[]{slash}{rest}"

    def lambda_(self, path: str, kind: str) -> Node:
        if self.variable:
            raise unsupported("The query has a lambda inside a lambda, which is not supported.")
        part = None
        if not self.skip("mark", ")"):
            self.collection, self.variable = path, self.take("name")
            self.take("mark", ":")
            part = self.either()
            self.take("mark", ")")
            self.variable = ""
        if kind == "all":
            raise unsupported_operator("All")
        return AnyOf(path, part)

    def function(self, name: str) -> Node:
        if name.lower() == "isof":
            kind = _unquoted(self.take("string"))
            self.take("mark", ")")
            return IsOf(kind.removeprefix("#").removeprefix("microsoft.graph."))
        if name.lower() not in {"startswith", "endswith", "contains"}:
            raise malformed(self.prefix + _UNKNOWN_FUNCTION.format(name[:200]))
        path = self.path(self.take("name"))
        self.take("mark", ",")
        call = Call(name.lower(), path, _unquoted(self.take("string")))
        self.take("mark", ")")
        for op in ("eq", "ne"):  # startswith(...) eq true
            if self.skip("name", op):
                truth = self.literal()
                if not isinstance(truth, bool):
                    raise self.error()
                return call if truth == (op == "eq") else Not(call)
        return call

    def members(self) -> Iterator[Value]:
        self.take("mark", "(")
        yield self.literal()
        while self.skip("mark", ","):
            self.grow()
            yield self.literal()
        self.take("mark", ")")

    def literal(self) -> Value:
        token = self.tokens[self.at]
        word = token.text.lower()
        if token.kind in {"mark", "end"} or (token.kind == "name" and word not in _LITERALS):
            raise self.error()
        self.at += 1
        match token.kind:
            case "string":
                return _unquoted(token.text)
            case "guid":
                return UUID(word)
            case "number":
                return int(word) if len(word) < 19 and word.lstrip("-").isdigit() else float(word)
            case "date":
                return self.instant(token.text)
        return _LITERALS[word]

    def instant(self, text: str) -> date | datetime:
        try:
            if len(text) == 10:
                return date.fromisoformat(text)
            when = datetime.fromisoformat(text.upper())
            if when.tzinfo:
                return when.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise malformed(self.prefix + _BAD_DATE.format(text[:200]))


class _Search(_Grammar):
    token = _SEARCH_TOKEN

    def keyword(self, text: str) -> str:
        return text.lower() if text.isupper() else ""

    def leaf(self) -> Node:
        at = self.tokens[self.at].at
        clause = re.sub(r"\\(.)", r"\1", self.take("string")[1:-1], flags=re.DOTALL)
        name, _, text = (part.strip() for part in clause.partition(":"))
        if not (text and re.fullmatch(PROPERTY_PATH, name, re.ASCII)):
            raise malformed(f"The query wants \"property:text\" at position {at} of $search, '{self.text[:200]}'.")
        return Call("search" if name.lower() in {"displayname", "description"} else "startswith", name, text)


def parse_filter(text: str) -> Node:
    """Return the tree of a ``$filter``, given percent-decoded. Raises ODataError."""
    return _Filter(text).parse()


def parse_search(text: str) -> Node:
    """Return the tree of a directory ``$search``: ``"property:text"`` with AND, OR, NOT and brackets.

    displayName and description are searched by words, other properties by how they start.
    """
    return _Search(text).parse()


def parse_orderby(text: str) -> tuple[Order, ...]:
    """Return the keys of a ``$orderby``, ``displayName desc,createdDateTime``."""
    orders = []
    for key in text.split(","):
        found = re.fullmatch(rf"\s*({PROPERTY_PATH})(?:\s+(asc|desc))?\s*", key, re.ASCII | re.IGNORECASE)
        if not found:
            raise malformed(f"The query has a $orderby that is not valid: '{text[:200]}'.")
        orders.append(Order(found[1], (found[2] or "").lower() == "desc"))
    return tuple(orders)


def parse_select(text: str) -> tuple[str, ...]:
    """Return the names of a ``$select`` as they were written; none if it is empty."""
    names = tuple(name.strip() for name in text.split(",")) if text.strip() else ()
    for name in names:
        if not re.fullmatch(rf"\*|(?:@microsoft\.graph\.)?{PROPERTY_PATH}", name, re.ASCII):
            term = f"Term '{name[:200]}' is not valid in a $select or $expand expression."
            raise malformed(f"Parsing OData Select and Expand failed: {term}")
    return names


def parse_expand(text: str, depth: int = 0) -> tuple[Expand, ...]:
    """Return the relationships of an ``$expand``: ``a($select=b;$expand=c($levels=max)),d``.

    Graph's own examples write nested options without ``$`` too. Source: OData 4.01 part 2, 5.1.3.
    """
    found = []
    for item in _split(text, ","):
        whole = re.fullmatch(rf"\s*(\*|{PROPERTY_PATH}(?:/\$ref)?)\s*(?:\((.*)\))?\s*", item, re.ASCII | re.DOTALL)
        if not whole or depth > MAX_EXPANDS:
            raise malformed(f"The query has an $expand that is not valid: '{text[:200]}'.")
        options: dict[str, Any] = {}
        for option in _split(whole[2], ";") if whole[2] else ():
            name, equals, value = option.partition("=")
            name = name.strip().removeprefix("$").lower()
            if not equals or name not in _NESTED or name in options:
                raise malformed(f"The query has an $expand that is not valid: '{text[:200]}'.")
            options[name] = parse_expand(value, depth + 1) if name == "expand" else _NESTED[name](value.strip())
        found.append(Expand(whole[1], **options))
    return tuple(found)


def _split(text: str, mark: str) -> list[str]:
    """Split at marks that stand in no brackets and no quotes."""
    parts, depth, quoted, start = [], 0, False, 0
    for at, letter in enumerate(text):
        quoted ^= letter == "'"
        depth += 0 if quoted else (letter == "(") - (letter == ")")
        if letter == mark and not depth and not quoted:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def parse(pairs: Iterable[tuple[str, str]]) -> Query:
    """Return the query options among percent-decoded ``pairs``: names in any case, what has no ``$`` ignored."""
    options: dict[str, str] = {}
    for name, value in pairs:
        option = name.lower()
        if option.startswith("$") and option not in _OPTIONS:
            raise malformed(f"The query parameter '{name[:200]}' is not supported.")
        if option in options:
            rule = "it must be specified at most once"
            raise malformed(f"Query option '{option}' was specified more than once, but {rule}.")
        if option.startswith("$"):
            options[option] = value
    options.pop("$format", None)
    parsed: dict[str, Any] = {option[1:]: _OPTIONS[option](text) for option, text in options.items()}
    return Query(**parsed)


def _count(text: str) -> bool:
    if text not in {"true", "false"}:
        rule = "Valid values are 'false', 'true'."
        raise malformed(f"Invalid value '{text[:200]}' for $count query option found. {rule}")
    return text == "true"


def _number(name: str) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text):
            rule = f"The {name} query option requires a non-negative integer value."
            raise malformed(f"Invalid value '{text[:200]}' for {name} query option found. {rule}")
        return int(text)

    return number


_OPTIONS: dict[str, Callable[[str], object]] = {
    "$count": _count,
    "$deltatoken": str,
    "$expand": parse_expand,
    "$filter": parse_filter,
    "$format": str,
    "$id": str,
    "$orderby": parse_orderby,
    "$search": parse_search,
    "$select": parse_select,
    "$skip": _number("$skip"),
    "$skiptoken": str,
    "$top": _number("$top"),
}


_NESTED: dict[str, Callable[[str], Any]] = {
    "count": _count,
    "expand": parse_expand,
    "filter": parse_filter,
    "levels": lambda text: 0 if text.lower() == "max" else _number("$levels")(text),
    "orderby": parse_orderby,
    "select": parse_select,
    "top": _number("$top"),
}


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")


def _encodable(text: str) -> bool:
    """Tell whether SQLite can take ``text``: no lone surrogates, and no NUL, where it would stop reading."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False
