"""Parts of a template as people write it, for tests that plant mistakes there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Resources = dict[str, Any]
Mistake = Callable[[Resources], object]


def properties(name: str) -> Callable[[Resources], dict[str, Any]]:
    """Of a resource."""
    return lambda made: made[name]["Properties"]


def rights(made: Resources, role: str, policy: str) -> dict[str, Any]:
    """The first statement of a role's policy."""
    for each in made[role]["Properties"]["Policies"]:
        if each["PolicyName"] == policy:
            statement: dict[str, Any] = each["PolicyDocument"]["Statement"][0]
            return statement
    raise LookupError(policy)
