"""How values lie in Redis: one character for the codec's version, then JSON of the frozen dataclass.

A reader skips fields that it does not know and fills in defaults for those it misses, so a field may be
added without a new version. A version newer than ours is refused by name: this process is the older one.
"""

from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from service.store.errors import StoreError

VERSION = b"1"
_T = TypeVar("_T")
_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def encode(value: object) -> bytes:
    """A value as a blob."""
    return VERSION + _adapter(type(value)).dump_json(value)


def decode(kind: type[_T], blob: bytes) -> _T:
    """The value of a blob. Raises StoreError when it was written by a newer codec or is not of its kind."""
    if blob[:1] != VERSION:
        raise StoreError(
            f"a stored {_name(kind)} has codec version {blob[:1].decode(errors='replace')!r} and this process "
            f"reads {VERSION.decode()!r}: it was written by a newer qoswatch, so update this one"
        )
    try:
        return cast(_T, _adapter(kind).validate_json(blob[1:]))
    except ValidationError as error:
        # pydantic's own text shows the input, which may be somebody's name or a secret
        places = ", ".join(".".join(map(str, fault["loc"])) or "the whole" for fault in error.errors()[:3])
        raise StoreError(f"a stored {_name(kind)} can not be read (at {places})") from None


def decode_maybe(kind: type[_T], blob: bytes | None) -> _T | None:
    """The value of a blob that may not be there."""
    return None if blob is None else decode(kind, blob)


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    """Built once a type: building costs a thousand times what using does."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def _name(kind: type[object]) -> str:
    return kind.__name__.lower()
