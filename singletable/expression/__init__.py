"""Conditions and updates as expression strings; values are always bound."""

from singletable.expression.binder import Binder
from singletable.expression.condition import Condition, both, check_is_condition, existing, missing
from singletable.expression.path import Path, attr
from singletable.expression.scope import Scope

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
