"""Formats: how a value becomes key text, with its alphabet, width and order.

Public: the formats that fields declare, `Format`, the base class of a format of your own, and
`stored_as`, which says by two functions what a value is stored as.
"""

from singletable.formats.base import (
    HIGHEST,
    AttributeType,
    Format,
    InputCheck,
    Native,
    check_encodable,
)
from singletable.formats.choice import OneOf, flag, one_of
from singletable.formats.epoch import Epoch, EpochText, epoch
from singletable.formats.infer import infer_format
from singletable.formats.moment import Day, Instant, day, instant
from singletable.formats.number import (
    Integer,
    IntegerText,
    Printed,
    PrintedText,
    integer,
    printed,
)
from singletable.formats.shaped_text import Shaped, UuidText, shaped, slug, ulid, uuid_text
from singletable.formats.stored_as import StoredAs, stored_as
from singletable.formats.text import EscapedText, Lowered, Text, escaped_text, lowered, text

__all__ = [
    "HIGHEST",
    "AttributeType",
    "Day",
    "Epoch",
    "EpochText",
    "EscapedText",
    "Format",
    "InputCheck",
    "Instant",
    "Integer",
    "IntegerText",
    "Lowered",
    "Native",
    "OneOf",
    "Printed",
    "PrintedText",
    "Shaped",
    "StoredAs",
    "Text",
    "UuidText",
    "check_encodable",
    "day",
    "epoch",
    "escaped_text",
    "flag",
    "infer_format",
    "instant",
    "integer",
    "lowered",
    "one_of",
    "printed",
    "shaped",
    "slug",
    "stored_as",
    "text",
    "ulid",
    "uuid_text",
]
