"""Events, commands, and what stands around them: pure shapes, no IO.

A field of an event is one of three kinds (`domain.md` 1):

- plain: stands in the bytes;
- `Restricted[T]`: a salted digest in the bytes, unless the event is of class `public`. Its key
  stays, so rules use it as a plain value;
- `Sealed[T]`: a salted digest too, and its value may be gone one day (redacted, erased). A rule
  may require it in a command and must never rest on it afterwards.
"""

import hashlib
import re
from binascii import b2a_base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from types import MappingProxyType, UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Generic,
    Literal,
    NamedTuple,
    Self,
    TypeVar,
    Union,
    get_args,
    get_origin,
)
from unicodedata import normalize
from uuid import UUID

import orjson
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Strict,
    TypeAdapter,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")
F = TypeVar("F")

LARGEST = 2**53 - 1
TEXT_BYTES = 8 * 1024
_UNPRINTABLE = re.compile(  # Cc but line feed and tab, bidirectional overrides, Cs
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_URL_SAFE = bytes.maketrans(b"+/", b"-_")

Visibility = Literal["affinity", "dyad", "body", "members", "partners", "funders", "public"]
Authority = Literal["full", "ad_referendum", "observer", "imported"]
Credential = Literal["app_user", "api_key", "service_account", "system"]


def base64url(raw: bytes) -> str:
    """Return base64url without padding."""
    return b2a_base64(raw, newline=False).translate(_URL_SAFE, b"=").decode("ascii")


@lru_cache(maxsize=4_096)
def timestamp(at: datetime) -> str:
    """Return RFC 3339 in UTC with exactly three decimals: `2026-03-12T15:04:05.131Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _alias(name: str) -> str:
    return name.rstrip("_")


class Value(BaseModel):
    """A frozen, strict shape. A trailing underscore is left out on the wire: `from_` is `from`."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
        alias_generator=_alias,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )


def _printable(text: str) -> str:
    """Return `text` in NFC; refuse control and bidirectional-override characters."""
    if _UNPRINTABLE.search(text):
        raise ValueError("control characters are not allowed in text")
    return normalize("NFC", text)


def _short(text: str) -> str:
    if len(text.encode()) > TEXT_BYTES:
        raise ValueError(f"text is longer than {TEXT_BYTES} bytes")
    return text


Code = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,63}$")]
Digest = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
Ref = Annotated[str, Field(pattern=r"^[a-z]{1,20}/[1-9][0-9]{0,15}$")]
Whole = Annotated[int, Field(ge=0, le=LARGEST)]
_EARLIEST, _LATEST = datetime(1800, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)
_DAY = r"(1[89]|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_OF_DAY = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
_MOMENT = rf"^{_DAY}T{_OF_DAY}(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"


def _written(pattern: str) -> BeforeValidator:
    """Let text pass only in the one form; the library reads numbers of seconds as well."""
    form = TypeAdapter(Annotated[str, Field(pattern=pattern)])

    def look(given: object) -> object:
        return given if isinstance(given, date) else form.validate_python(given, strict=True)

    return BeforeValidator(look)


def _in_our_time(at: datetime) -> datetime:
    try:
        in_time = _EARLIEST <= at < _LATEST
    except OverflowError:
        in_time = False
    if not in_time:
        raise ValueError("a moment is in the years 1800 to 2999")
    return at


Moment = Annotated[
    AwareDatetime, Strict(False), _written(_MOMENT), AfterValidator(_in_our_time),  # noqa: FBT003 - its only argument
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": _MOMENT}),
]  # fmt: skip
"""A moment that a caller names: RFC 3339 with its zone, in the years 1800 to 2999."""
Day = Annotated[
    date, Strict(False), _written(f"^{_DAY}$"),  # noqa: FBT003 - its only argument
    WithJsonSchema({"type": "string", "format": "date", "pattern": f"^{_DAY}$"}),
]  # fmt: skip
"""A day that a caller names: `2026-03-12`, in the years 1800 to 2999."""
Ratio = tuple[Whole, Annotated[int, Field(ge=1, le=LARGEST)]]


class Text(Value):
    """Words for people, with their language (BCP 47). NFC, 1 byte to 8 KiB."""

    lang: Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
    text: Annotated[str, Field(min_length=1), AfterValidator(_printable), AfterValidator(_short)]

    def digest(self) -> Digest:
        """Return base64url SHA-256 of the canonical JSON, for text that stands in clear."""
        canonical = orjson.dumps(
            {"lang": self.lang, "text": self.text}, option=orjson.OPT_SORT_KEYS
        )
        return base64url(hashlib.sha256(canonical).digest())


class Sealed(Generic[T]):
    """A value that never stands in the bytes of an event, only its salted digest.

    A plain class on purpose: pydantic ignores the schema hook of a generic dataclass and would
    write the value.

    Args:
        value: `None` where there is none, or where it is gone.
        about: The person it is about; the value goes when that person is erased.
        digest: Of its disclosure; known once it was sealed or read back.
    """

    __slots__ = ("_digest", "about", "value")

    def __init__(
        self, value: T | None = None, about: UUID | None = None, digest: Digest | None = None
    ) -> None:
        self.value = value
        self.about = about
        self._digest = digest

    @property
    def digest(self) -> Digest | None:
        """The digest of the disclosure, or of the canonical JSON where the value is in clear."""
        if self._digest is None and isinstance(self.value, Text):
            return self.value.digest()
        return self._digest

    def take(self, digest: Digest) -> None:
        """Keep the digest under which the value was sealed."""
        self._digest = digest

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Sealed)
            and (self.value, self.about) == (other.value, other.about)
            and (self.value is not None or self._digest == other._digest)
        )

    def __hash__(self) -> int:
        return hash((type(self.value), self.about))

    def __repr__(self) -> str:
        return "Sealed()" if self.value is None else "Sealed(…)"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        inner = handler.generate_schema(get_args(source)[0]) if get_args(source) else None

        def opened(value: Any) -> Sealed[Any]:
            return value if isinstance(value, Sealed) else Sealed(value)

        from_digest = core_schema.no_info_after_validator_function(
            lambda digest: Sealed(None, digest=digest),
            core_schema.nullable_schema(core_schema.str_schema()),
        )
        checked = core_schema.is_instance_schema(Sealed)
        if inner is not None:
            from_value = core_schema.no_info_after_validator_function(opened, inner)
            python = core_schema.union_schema([checked, from_value])
        else:
            python = core_schema.union_schema([checked])
        return core_schema.json_or_python_schema(
            json_schema=from_digest,
            python_schema=python,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda sealed: sealed.digest, when_used="always"
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": ["string", "null"], "description": "digest of the sealed value"}


@dataclass(frozen=True)
class Seal:
    """How a field is kept out of the bytes. `personal` is ⊘p: sealed in every class."""

    personal: bool = False


Restricted = Annotated[T, Seal()]
Personal = Annotated[Sealed[T], Seal(personal=True)]


class Command(Value):
    """What a caller asks for: only what the caller may say."""


class Event(Value):
    """What happened: the fields of `data`. The envelope comes from `Context`.

    A class whose `evolve` needs them declares `by: OrgId`, `at: AwareDatetime` or
    `authority: Authority | None`, taken from the context: they are written as the envelope's
    `onbehalfof`, `time` and `authority`, not into `data`.

    Class attributes: `visibility` is the class of `domain.md` 4 the event is recorded under,
    unless an import says otherwise; `unsigned` events carry no `by`. One that `erases` does so with
    the person whose stream it is on: where they ask for it themselves, it is unsigned. Where only
    some events of a type are unsigned, `nameless` tells which.
    """

    model_config = ConfigDict(defer_build=True)  # a process reads few of its types

    visibility: ClassVar[Visibility] = "members"
    unsigned: ClassVar[bool] = False
    erases: ClassVar[bool] = False

    def seen_by(self, *audience: str, within: Visibility | None = None) -> Self:
        """Narrow the event to `audience`, `body:<id>` or organisations' ids, and return it.

        Args:
            within: The class of this one event, where it is not its type's. An import cannot
                change it.
        """
        private = {"seen_by": audience, "within": within}
        object.__setattr__(self, "__pydantic_private__", private)
        return self

    @property
    def nameless(self) -> bool:
        """Whether this event carries neither `by` nor actor, and its words are nobody's."""
        return self.unsigned

    @property
    def audience(self) -> tuple[str, ...]:
        """The audience the event was narrowed to; empty means its whole class."""
        private = self.__pydantic_private__  # undeclared: a declared one makes events twice as slow
        narrowed: tuple[str, ...] = private["seen_by"] if private else ()
        return narrowed

    def recorded_within(self, asked: Visibility | None) -> Visibility:
        """Return the class it is recorded under, where an import may ask for one."""
        private = self.__pydantic_private__
        narrowed: Visibility | None = private["within"] if private else None
        return narrowed or asked or self.visibility

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        for name, info in cls.model_fields.items():
            if _holds_float(info.annotation):
                raise TypeError(f"{cls.__name__}.{name}: an event holds no floats")


def _holds_float(annotation: Any) -> bool:
    return annotation is float or any(_holds_float(part) for part in get_args(annotation))


def seal_of(metadata: Sequence[object], annotation: Any) -> Seal | None:
    """Return how a field is sealed, from its annotation; `None` for a plain field."""
    for mark in (*metadata, *getattr(annotation, "__metadata__", ())):
        if isinstance(mark, Seal):
            return mark
    if get_origin(annotation) is Sealed or annotation is Sealed:
        return Seal()
    if get_origin(annotation) in (Union, UnionType):
        found = (seal_of((), part) for part in get_args(annotation))
        return next((seal for seal in found if seal), None)
    return None


@dataclass(frozen=True)
class Context:
    """What the server knows about a command: who, for whom, when, and the facts a rule needs.

    Args:
        actor: The person; `None` for the service itself and for imports.
        by: The organisation on whose behalf the person acts.
        at: When it happens; claimed for an import.
        author: The one person that `by` is, speaking for themself: their words go with them.
        facts: Values read under the lock of the decision, one of each type.
    """

    coalition: UUID
    actor: UUID | None
    by: UUID | None
    at: datetime
    facts: tuple[object, ...] = ()
    accreditation: UUID | None = None
    authority: Authority | None = None
    credential: Credential = "app_user"
    visibility: Visibility | None = None
    author: UUID | None = None

    @property
    def imported(self) -> bool:
        """Whether this is history from elsewhere, for which the past cannot be asked."""
        return self.authority == "imported"

    @property
    def system(self) -> bool:
        """Whether the service itself does this, for nobody: a day or a moment has come."""
        return self.credential == "system"

    def knowing(self, facts: tuple[object, ...]) -> "Context":
        """Return the same context with these facts; ten times faster than `replace`."""
        known = object.__new__(Context)
        known.__dict__.update(self.__dict__, facts=facts)
        return known

    def fact(self, kind: type[F]) -> F:
        """Return the fact of this type; a rule that asks for one nobody gave is a bug."""
        for fact in self.facts:
            if isinstance(fact, kind):
                return fact
        raise LookupError(f"no fact of type {kind.__name__} was given to this rule")


_NOTHING: Mapping[str, tuple[str, UUID, str]] = MappingProxyType({})


class Recorded(NamedTuple):
    """An event as a reader gets it: its envelope, and `data` with what could be opened.

    A tuple, because readers make one of each event and no class is made faster.

    `sealed` says for each field of `data` that was opened under which audience and key, and the
    digest of its disclosure; it is empty for what stood in clear. `withheld` counts the digests
    that could not be opened (decoys among them).
    """

    coalition: UUID
    service: str
    position: int
    type: str
    stream: str
    version: int
    at: datetime
    recorded_at: datetime
    visibility: Visibility
    data: Mapping[str, Any]
    leaf: bytes
    by: UUID | None = None
    accreditation: UUID | None = None
    authority: Authority | None = None
    audience: tuple[str, ...] = ()
    actor: UUID | None = None
    correlation: str | None = None
    sealed: Mapping[str, tuple[str, UUID, str]] = _NOTHING
    withheld: int = 0

    @property
    def ref(self) -> Ref:
        """`<service>/<position>`."""
        return f"{self.service}/{self.position}"

    @property
    def key(self) -> str:
        """The aggregate's id: the stream's name without its prefix."""
        return self.stream.partition("-")[2]


class Heard(BaseModel):
    """A tolerant reader of another service's event: the fields it uses, the rest is let pass."""

    model_config = ConfigDict(
        extra="ignore",
        frozen=True,
        alias_generator=_alias,
        validate_by_name=True,
        validate_by_alias=True,
    )
