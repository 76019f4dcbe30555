"""Condition expressions: built from paths, rendered to text, with names and values bound."""

from singletable.expressions.binder import Binder
from singletable.expressions.condition import (
    Condition,
    attribute_exists,
    attribute_not_exists,
    both,
    check_is_condition,
)
from singletable.expressions.limits import fit_expressions
from singletable.expressions.path import Path, attr
from singletable.expressions.scope import Place, Scope

__all__ = [
    "Binder",
    "Condition",
    "Path",
    "Place",
    "Scope",
    "attr",
    "attribute_exists",
    "attribute_not_exists",
    "both",
    "check_is_condition",
    "fit_expressions",
]
