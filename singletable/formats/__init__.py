"""Formats: how a value becomes key text, with its alphabet, width and order.

Public: the formats that fields declare, and `Format`, the base class of a format of your own.
"""

from singletable.formats.base import HIGHEST, Format, InputCheck, Native, check_encodable
from singletable.formats.choice import OneOf, flag, one_of
from singletable.formats.infer import infer_format
from singletable.formats.moment import Day, Instant, day, instant
from singletable.formats.number import Integer, integer
from singletable.formats.shaped_text import Shaped, UuidText, slug, ulid, uuid_text
from singletable.formats.text import EscapedText, Text, escaped_text, text

__all__ = [
    "HIGHEST",
    "Day",
    "EscapedText",
    "Format",
    "InputCheck",
    "Instant",
    "Integer",
    "Native",
    "OneOf",
    "Shaped",
    "Text",
    "UuidText",
    "check_encodable",
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
