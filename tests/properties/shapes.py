"""Values of any shape that events and commands are made of, from their annotations."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NewType, TypeVar, Union, get_args, get_origin
from unicodedata import category, normalize
from uuid import UUID

from annotated_types import Ge, Le, MaxLen, MinLen
from hypothesis import strategies as st
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from shared.event import LARGEST, Sealed, Text, Value

V = TypeVar("V", bound=Value)
LONGEST = 4
IDS = st.sampled_from([UUID(int=n) for n in range(1, 6)]) | st.uuids()

words = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u202a\u202b\u202c\u202d"
                  "\u202e\u2066\u2067\u2068\u2069"),
    min_size=1, max_size=30,
)  # fmt: skip
texts = st.builds(Text, lang=st.sampled_from(["en", "de", "zh-Hant"]), text=words)
NEW_YEAR_1900 = datetime.fromisoformat("1900-01-01")
moments = st.datetimes(NEW_YEAR_1900, NEW_YEAR_1900.replace(year=2200), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
days = st.dates(date(1900, 1, 1), date(2200, 1, 1))


def instances(kind: type[V]) -> st.SearchStrategy[V]:
    """Return instances of `kind`, of every shape that its annotations allow."""
    kind.model_rebuild()
    fields = {
        name: shapes(info.annotation, tuple(info.metadata))
        for name, info in kind.model_fields.items()
    }
    optional = [name for name, info in kind.model_fields.items() if not info.is_required()]
    needed = {name: fields[name] for name in fields if name not in optional}
    given = st.fixed_dictionaries(needed, optional={name: fields[name] for name in optional})
    return given.map(lambda values: _made(kind, values)).filter(lambda made: made is not None)


def _made(kind: type[V], values: Mapping[str, Any]) -> Any:
    """Return the instance; `None` where a value does not do, or where a default does not."""
    try:
        made = kind.model_validate(values)
        kind.model_validate_json(made.model_dump_json())
    except ValidationError:
        return None
    return made


@cache
def _checked(annotation: Any, metadata: tuple[Any, ...]) -> TypeAdapter[Any]:
    return TypeAdapter(Annotated[annotation, *metadata] if metadata else annotation)


def shapes(annotation: Any, metadata: tuple[Any, ...] = ()) -> st.SearchStrategy[Any]:
    """Return values of an annotation."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return shapes(parts[0], (*_flat(parts[1:]), *metadata))
    if isinstance(annotation, NewType):
        return shapes(annotation.__supertype__, metadata)
    if origin is Literal:
        return st.sampled_from(parts)
    if origin in {Union, UnionType}:
        return st.one_of([shapes(part, metadata) for part in parts])
    if origin is Sealed:
        return st.builds(Sealed, shapes(parts[0], metadata) | st.none(), st.none() | IDS)
    if origin is tuple:
        return _tuples(parts, metadata)
    if origin is dict:
        return st.dictionaries(shapes(parts[0]), shapes(parts[1]), max_size=LONGEST)
    return _plain(annotation, metadata)


def _flat(metadata: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return constraints, those inside a pydantic `Field(…)` among them."""
    found: list[Any] = []
    for one in metadata:
        found.extend(getattr(one, "metadata", (one,)))
    return tuple(found)


def _limit(metadata: tuple[Any, ...], kind: type[Any], name: str, otherwise: int) -> int:
    found = [getattr(one, name) for one in metadata if isinstance(one, kind)]
    return int(found[-1]) if found else otherwise


def _tuples(parts: tuple[Any, ...], metadata: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if parts[-1] is not ...:
        whole: Any = tuple[parts]  # type: ignore[valid-type]  # the annotation put together again
        made = st.tuples(*map(shapes, parts))
        return made.filter(lambda value: _fits(whole, metadata, value))
    least = _limit(metadata, MinLen, "min_length", 0)
    return st.lists(shapes(parts[0]), min_size=least, max_size=least + LONGEST).map(tuple)


def _fits(annotation: Any, metadata: tuple[Any, ...], value: Any) -> bool:
    try:
        _checked(annotation, metadata).validate_python(value)
    except ValidationError:
        return False
    return True


def _plain(annotation: Any, metadata: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if annotation in {NoneType, None}:
        return st.none()
    if annotation is AwareDatetime:
        return moments
    if isinstance(annotation, type):
        if issubclass(annotation, Enum):
            return st.sampled_from(list(annotation))
        if annotation is Text:
            return texts
        if issubclass(annotation, Value):
            return instances(annotation)
        simple: dict[type, st.SearchStrategy[Any]] = {
            bool: st.booleans(), UUID: IDS, datetime: moments, date: days,
        }  # fmt: skip
        if annotation in simple:
            return simple[annotation]
        if annotation is int:
            least = _limit(metadata, Ge, "ge", -LARGEST)
            return st.integers(least, _limit(metadata, Le, "le", LARGEST))
        if annotation is str:
            return _strings(metadata)
    raise TypeError(f"no values are known for {annotation}")


def _strings(metadata: tuple[Any, ...]) -> st.SearchStrategy[str]:
    patterns = [one.pattern for one in metadata if getattr(one, "pattern", None)]
    if patterns:
        least = _limit(metadata, MinLen, "min_length", 0)
        most = _limit(metadata, MaxLen, "max_length", 128)
        written = st.from_regex(
            patterns[0].replace("$", r"\Z"), alphabet=st.characters(codec="ascii")
        )
        return written.filter(lambda text: least <= len(text) <= most)
    return words.map(lambda text: normalize("NFC", text)).filter(
        lambda text: all(category(character) != "Cc" for character in text)
    )
