"""Access patterns: pure functions from arguments to one operation, traced when declared."""

from singletable.pattern.decorator import access_pattern
from singletable.pattern.pattern import Parameter, Pattern

__all__ = ["Parameter", "Pattern", "access_pattern"]
