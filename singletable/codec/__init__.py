"""Python value ⇄ DynamoDB attribute value, compiled once per annotation. Knows no entity."""

from singletable.codec.coder import Coder, compile_coder, epoch_seconds
from singletable.codec.equality import same_value
from singletable.codec.size import item_size
from singletable.codec.wire import MISSING, AttributeValue, is_attribute_value

__all__ = [
    "MISSING",
    "AttributeValue",
    "Coder",
    "compile_coder",
    "epoch_seconds",
    "is_attribute_value",
    "item_size",
    "same_value",
]
