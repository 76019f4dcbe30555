"""How a value becomes key text: alphabet, width and order of each kind of value."""

from singletable.formats.base import Format
from singletable.formats.choice import flag, one_of
from singletable.formats.infer import infer_format
from singletable.formats.moment import day, instant
from singletable.formats.number import integer
from singletable.formats.text import escaped_text, slug, text, ulid, uuid_text

__all__ = [
    "Format",
    "day",
    "escaped_text",
    "flag",
    "infer_format",
    "instant",
    "integer",
    "one_of",
    "slug",
    "text",
    "ulid",
    "uuid_text",
]
