"""Encodes Python values as DynamoDB attribute values and decodes them; one coder per annotation.

Knows no entity.
"""

from singletable.codec.attribute_values import (
    comparable_key,
    greatest_item_size,
    item_size,
    key_comparer,
    same_value,
)
from singletable.codec.coder import Coder, compile_coder, epoch_seconds
from singletable.codec.wire import MISSING, AttributeValue, is_attribute_value

__all__ = [
    "MISSING",
    "AttributeValue",
    "Coder",
    "comparable_key",
    "key_comparer",
    "compile_coder",
    "epoch_seconds",
    "greatest_item_size",
    "is_attribute_value",
    "item_size",
    "same_value",
]
