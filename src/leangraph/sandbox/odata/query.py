"""The query language of the sandbox: query options become a tree, the tree becomes SQL over JSON documents.

    query = odata.parse(parse_qsl(url.query, keep_blank_values=True))
    rules.refuse("user", query, eventual=True)  # what Graph says no to
    where, values = odata.to_sql(query.where, rules.TYPES["user"])

Strings and GUIDs compare without regard to case, dates as instants to the millisecond. A comparison with a
missing or null property is true or false (``ne 'x'`` is true); a function of it is null, and null is left out,
after ``not`` as well. Messages that begin "The query ..." are ours; the others are Graph's, as documented or
quoted in public. Sources: https://learn.microsoft.com/graph/filter-query-parameter and search-query-parameter;
OData 4.01 part 2, 5.1.1.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

# SQLite takes 999 values (before 3.32), expressions 1,000 deep and some 30 brackets within brackets.
MAX_LENGTH = 10_000  # characters of a $filter or $search
MAX_DEPTH = 20  # brackets within brackets
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


Node = And | Or | Not | Compare | In | Call | AnyOf


class Order(NamedTuple):
    path: str
    descending: bool = False


class Expand(NamedTuple):
    name: str
    select: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """The query options of one request. ``where`` is what ``filter`` and ``search`` ask for together."""

    filter: Node | None = None
    search: Node | None = None
    orderby: tuple[Order, ...] = ()
    select: tuple[str, ...] = ()
    expand: Expand | None = None
    top: int | None = None
    skip: int | None = None
    count: bool = False
    skiptoken: str = ""
    deltatoken: str = ""

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

_PATH = r"[A-Za-z_][\w.]*(?:/[A-Za-z_][\w.]*)*"
_FILTER_TOKEN = re.compile(
    rf"""(?P<string>'(?:[^']|'')*+')
    | (?P<guid>[0-9a-f]{{8}}-(?:[0-9a-f]{{4}}-){{3}}[0-9a-f]{{12}}\b)
    | (?P<date>\d{{4}}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?(?![\w:.]))
    | (?P<number>-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.]))
    | (?P<name>{_PATH}(?:/\$count\b)?)
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
        if not (text and re.fullmatch(_PATH, name, re.ASCII)):
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
        found = re.fullmatch(rf"\s*({_PATH})(?:\s+(asc|desc))?\s*", key, re.ASCII | re.IGNORECASE)
        if not found:
            raise malformed(f"The query has a $orderby that is not valid: '{text[:200]}'.")
        orders.append(Order(found[1], (found[2] or "").lower() == "desc"))
    return tuple(orders)


def parse_select(text: str) -> tuple[str, ...]:
    """Return the names of a ``$select`` as they were written; none if it is empty."""
    names = tuple(name.strip() for name in text.split(",")) if text.strip() else ()
    for name in names:
        if not re.fullmatch(rf"\*|(?:@microsoft\.graph\.)?{_PATH}", name, re.ASCII):
            term = f"Term '{name[:200]}' is not valid in a $select or $expand expression."
            raise malformed(f"Parsing OData Select and Expand failed: {term}")
    return names


def parse_expand(text: str) -> Expand:
    """Return the one relationship of an ``$expand``, with the ``$select`` of its items if there is one."""
    found = re.fullmatch(rf"\s*({_PATH})\s*(?:\(\s*\$select\s*=([^()$;]*)\))?\s*", text, re.ASCII | re.IGNORECASE)
    if found:
        return Expand(found[1], parse_select(found[2] or ""))
    if "," in re.sub(r"\([^()]*\)", "", text):
        raise unsupported("Only one property can be expanded in a single query.")
    raise malformed(f"The query has an $expand that is not a name or name($select=...): '{text[:200]}'.")


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
    "$orderby": parse_orderby,
    "$search": parse_search,
    "$select": parse_select,
    "$skip": _number("$skip"),
    "$skiptoken": str,
    "$top": _number("$top"),
}


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'")


def _encodable(text: str) -> bool:
    """Tell whether SQLite can take ``text``: no lone surrogates, and no NUL, where it would stop reading."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


# --- Tree to SQL

_INSTANT = "strftime('%Y-%m-%dT%H:%M:%fZ', {})"  # fixed width, UTC, milliseconds
_ASCII = "".join(map(chr, range(128)))
_SQL = {"eq": "IS", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}


def to_sql(tree: Node | None, types: Types | None = None) -> tuple[str, list[object]]:
    """Return a WHERE expression over ``doc``, a column of JSON, and the values for its question marks.

    Property names found in ``types`` count in any case, others as written. No tree asks for everything. What
    :func:`parse_search` returned needs :func:`register`.
    """
    writer = _Writer(types or {}, [])
    return ("1" if tree is None else writer.node(tree)), writer.values


def order_by(orders: Iterable[Order], types: Types | None = None, tie: str = "id") -> list[tuple[str, bool]]:
    """Return what to sort by as (SQL expression, descending), the last of it the column ``tie``.

    Case does not count, null comes first. The expressions are those of INDEXES.
    """
    keys = []
    for path, descending in orders:
        field = (types or {}).get(path.lower())
        dated = field.type == "Edm.DateTimeOffset" if field else path.endswith("DateTime")
        keys.append(((_INSTANT if dated else "lower({})").format(_place(path, types or {})), descending))
    return [*keys, (tie, False)]


FUNCTIONS: dict[str, Callable[..., str | None]] = {}  # what queries may call, by name; modules add theirs


def register(connection: sqlite3.Connection) -> None:
    """Install the SQL functions that ``$search`` and computed properties need."""
    connection.create_function("graph_search", 2, _search, deterministic=True)
    for name, function in FUNCTIONS.items():
        connection.create_function(name, 1, function, deterministic=True)


class _Writer(NamedTuple):
    types: Types
    values: list[object]

    def node(self, node: Node) -> str:
        match node:
            case And(parts):
                return f"({' AND '.join(map(self.node, parts))})"
            case Or(parts):
                return f"({' OR '.join(map(self.node, parts))})"
            case Not(part):
                return f"NOT {self.node(part)}"
            case AnyOf(path, part):
                field = self.types.get(path.lower())
                place = field.sql if field and field.sql else f"doc, '{_json_path(_spelled(path, self.types))}'"
                each = f"json_each({place}) AS item"
                where = f" AND {self.node(part)}" if part else ""
                return f"EXISTS (SELECT 1 FROM {each} WHERE item.key IS NOT NULL{where})"  # noqa: S608
            case Call(name, path, text):
                field = self.types.get(path.lower())
                if field and field.type == COLLECTION:  # of $search
                    return self.node(AnyOf(path, Call(name, f"{path}[]", text)))
                return self.call(name, _place(path, self.types), text)
            case Compare(path, op, value):
                return self.compare(_place(path, self.types), op, value)
            case In(path, values):
                return self.among(_place(path, self.types), values)

    def bind(self, value: object) -> str:
        self.values.append(value)
        return "?"

    def compare(self, place: str, op: str, value: Value) -> str:
        """Write a comparison that is true or false, never null; an index on its left side can answer ``eq``."""
        if op == "ne":
            return f"NOT {self.compare(place, 'eq', value)}"
        if op == "has":  # flags are written "a,b"
            flags = f"',' || replace(lower({place}), ' ', '') || ','"
            return f"coalesce(instr({flags}, {self.bind(f',{_lower(str(value))},')}) > 0, 0)"
        if value is None:
            return f"({place} IS NULL)" if op == "eq" else "0"
        if isinstance(value, str) and op == "eq" and not value.isascii():
            return f"({self.pattern(place, value)} AND {place} IS NOT NULL)"
        if isinstance(value, str | UUID):
            place, mark = _folded(place), self.bind(_lower(str(value)))
        elif isinstance(value, date):
            place, mark = _INSTANT.format(place), _INSTANT.format(self.bind(value.isoformat()))
        else:
            mark = self.bind(value)
        return f"({place} IS {mark})" if op == "eq" else f"coalesce({place} {_SQL[op]} {mark}, 0)"

    def among(self, place: str, values: tuple[Value, ...]) -> str:
        plain = [value for value in values if isinstance(value, str | UUID) and str(value).isascii()]
        parts = [self.compare(place, "eq", value) for value in values if value not in plain]
        if plain:
            marks = ", ".join([self.bind(str(value).lower()) for value in plain])
            parts.append(f"({_folded(place)} IN ({marks}) AND {place} IS NOT NULL)")
        return f"({' OR '.join(parts)})"

    def call(self, name: str, place: str, text: str) -> str:
        """Write a function of a string, null where the string is."""
        if name == "search":  # Python is slow: it is asked only about text that holds the word, or symbols
            word = max(filter(str.isalnum, _wanted(text)), key=len, default="")
            hopeful = f"({place} LIKE {self.bind(f'%{word}%')} OR {place} GLOB '*[^A-Za-z0-9 ]*')"
            return f"({hopeful} AND graph_search({place}, {self.bind(text)}))"
        if not text.isascii():
            return self.pattern(
                place, text, "" if name == "startswith" else "*", "" if name == "endswith" else "*"
            )
        place, text = f"lower({place})", text.lower()
        if name == "startswith" or not text:
            return self.beginning(place, text)
        if name == "endswith":
            return f"(substr({place}, {self.bind(-len(text))}) = {self.bind(text)})"
        return f"(instr({place}, {self.bind(text)}) > 0)"

    def beginning(self, place: str, text: str) -> str:
        """Write a range, for the sake of indexes: from "ab" until before "ac"."""
        first = f"{place} >= {self.bind(text)}"
        return f"({first} AND {place} < {self.bind(text[:-1] + chr(ord(text[-1]) + 1))})" if text else f"({first})"

    def pattern(self, place: str, text: str, before: str = "", after: str = "") -> str:
        """Match text beyond ASCII, where SQLite's ``lower`` ends; an index helps with how it begins."""
        start = "" if before else text[: len(text) - len(text.lstrip(_ASCII))]
        likely = f"{self.beginning(f'lower({place})', start.lower())} AND " if start else ""
        return f"({likely}{place} GLOB {self.bind(before + _glob(text) + after)})"


def _spelled(path: str, types: Types) -> str:
    field = types.get(path.lower())
    return field.path if field else path


def _place(path: str, types: Types) -> str:
    """Return the SQL expression of the property at ``path``."""
    field = types.get(path.lower())
    if field and field.sql:
        return field.sql
    if path.lower().endswith("/$count"):
        counted = types.get(path[:-7].lower())
        if counted and counted.sql:
            return f"coalesce(json_array_length({counted.sql}), 0)"
        return f"coalesce(json_array_length(doc, '{_json_path(_spelled(path[:-7], types))}'), 0)"
    owner, item, rest = _spelled(path, types).partition("[]")
    if not item:
        return f"json_extract(doc, '{_json_path(owner)}')"
    if not rest:
        return "item.value"
    return f"CASE item.type WHEN 'object' THEN json_extract(item.value, '{_json_path(rest[1:])}') END"


def _folded(place: str) -> str:
    """Return the SQL of a text in lower case; the store's own column of ids needs nothing done to it."""
    return place if place == "id" else f"lower({place})"


def _json_path(path: str) -> str:
    """Return a JSON path that is safe inside a SQL string. A cast (``microsoft.graph.x``) is passed over."""
    if not re.fullmatch(_PATH, path, re.ASCII):
        raise malformed(f"The query has a property name that is not valid: '{path[:200]}'.")
    return "$" + "".join(f'."{name}"' for name in path.split("/") if "." not in name)


def _lower(text: str) -> str:
    """Return ``text`` as SQLite's ``lower`` would, which knows ASCII only."""
    return re.sub("[A-Z]+", lambda capitals: capitals[0].lower(), text)


def _glob(text: str) -> str:
    """Return a GLOB pattern for ``text`` in any case, letters beyond ASCII included."""
    pattern = ""
    for letter in text:
        cases = sorted({case for case in (letter, letter.lower(), letter.upper()) if len(case) == 1})
        pattern += f"[{''.join(cases)}]" if len(cases) > 1 or letter in "*?[" else letter
    if len(pattern.encode()) > 50_000:  # SQLite takes no longer one
        raise malformed(f"The query compares with a text that is too long: '{text[:200]}...'.")
    return pattern


# What has an index, in what form it is compared, and how many of OF_A_KIND share a value that is asked for.
OF_A_KIND = 5_000
INDEXED = {
    "displayName": ("lower({})", 2),
    "userPrincipalName": ("lower({})", 1),
    "mail": ("lower({})", 1),
    "employeeId": ("lower({})", 1),
    "department": ("lower({})", 600),
    "jobTitle": ("lower({})", 250),
    "userType": ("lower({})", 750),
    "accountEnabled": ("{}", 750),
}
# In the words of to_sql, for the schema of the store.
INDEXES = tuple(
    f"CREATE INDEX objects_{name.lower()} ON objects (kind, deleted, {form.format(_place(name, {}))})"
    for name, (form, _) in INDEXED.items()
)


# --- The words of $search


def _search(value: object, text: str) -> bool | None:
    """Tell whether every piece of ``text`` begins a piece of ``value``, in any order."""
    if not isinstance(value, str):
        return None
    pieces = set(_pieces(value))
    pieces.update("".join(filter(str.isalnum, _pieces(run))) for run in value.split())  # hello-world: helloworld
    return all(any(piece.startswith(wanted) for piece in pieces) for wanted in _wanted(text))


@lru_cache(maxsize=64)
def _wanted(text: str) -> tuple[str, ...]:
    return tuple(_pieces(text))


def _pieces(text: str) -> list[str]:
    """Split, in lower case, at spaces, digits, symbols and where lower case turns upper; symbols are pieces."""
    pieces, last, kind = [""], "", ""
    for letter in text:
        now = "letter" if letter.isalpha() else "digit" if letter.isdigit() else "symbol"
        if now == "symbol" or now != kind or (last.islower() and letter.isupper()):
            pieces.append("")
        pieces[-1] += letter
        last, kind = letter, now
    return [piece.lower() for piece in pieces if piece.strip()]
