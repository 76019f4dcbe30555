"""Access patterns: pure functions from arguments to one operation, traced when declared."""

from singletable.patterns.decorator import access_pattern
from singletable.patterns.pattern import Parameter, Pattern

__all__ = ["Parameter", "Pattern", "access_pattern"]
