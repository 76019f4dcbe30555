"""How a value becomes key text: alphabet, width and order of each kind of value."""

from singletable.format.base import Format
from singletable.format.choice import flag, one_of
from singletable.format.infer import infer_format
from singletable.format.moment import day, instant
from singletable.format.number import integer
from singletable.format.text import escaped_text, slug, text, ulid, uuid_text

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
