"""Access patterns: pure functions from arguments to one operation, traced when declared.

Those of one line are declared by `creates`, `puts`, `gets`, `queries` and `deletes`.
"""

from singletable.patterns.one_line import creates, deletes, gets, puts, queries
from singletable.patterns.pattern import Declarations, Parameter, Pattern, declarations_of
from singletable.patterns.signature import pattern_name
from singletable.patterns.trace import access_pattern

__all__ = [
    "Declarations",
    "Parameter",
    "Pattern",
    "access_pattern",
    "creates",
    "declarations_of",
    "deletes",
    "gets",
    "pattern_name",
    "puts",
    "queries",
]
