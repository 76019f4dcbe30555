"""Access patterns: pure functions from arguments to one operation, traced when declared."""

from singletable.patterns.pattern import Declarations, Parameter, Pattern, declarations_of
from singletable.patterns.signature import pattern_name
from singletable.patterns.trace import access_pattern

__all__ = [
    "Declarations",
    "Parameter",
    "Pattern",
    "access_pattern",
    "declarations_of",
    "pattern_name",
]
