"""Access patterns: pure functions from arguments to one operation, traced when declared."""

from singletable.patterns.decorator import access_pattern
from singletable.patterns.pattern import Declarations, Parameter, Pattern, declarations_of
from singletable.patterns.signature import pattern_name

__all__ = [
    "Declarations",
    "Parameter",
    "Pattern",
    "access_pattern",
    "declarations_of",
    "pattern_name",
]
