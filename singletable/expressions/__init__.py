"""Condition expressions: built from paths, rendered to text, with names and values bound."""

from singletable.expressions.binder import Binder
from singletable.expressions.condition import Condition, both, check_is_condition, existing, missing
from singletable.expressions.path import Path, attr
from singletable.expressions.scope import Scope

__all__ = [
    "Binder",
    "Condition",
    "Path",
    "Scope",
    "attr",
    "both",
    "check_is_condition",
    "existing",
    "missing",
]
