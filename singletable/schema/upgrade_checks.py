"""Checks of what an entity declares of its older shapes."""

from __future__ import annotations

from typing import Final

from singletable.schema.checks import Refuse
from singletable.schema.schema import AnySchema

_MOST_REACHED: Final = 64
"""Each is up to four operators of a condition, which has 300 at most."""


def check_upgrade(schema: AnySchema, refuse: Refuse) -> None:
    """Checks that conditions can hold writes to all that an upgrade renames and reaches."""
    upgrade = schema.upgrade
    if upgrade is None:
        return
    anew = sorted(upgrade.reaches & schema.names_made_anew)
    if anew:
        raise refuse(
            f"the upgrade reaches {anew[0]}, which every write makes anew", "other attributes"
        )
    # Whether a value under another name has a unique item, only an owner in it would tell.
    made = sorted(schema.names_without_owner & {*upgrade.renamed.values(), *upgrade.reaches})
    if made:
        raise refuse(
            f"{made[0]} may be made of other attributes, and its unique items have no owner",
            'unique("..."), as this engine lays unique items out, or a migration before',
        )
    _check_words(schema, refuse)
    count = len(upgrade.renamed) + len(upgrade.reaches)
    if count > _MOST_REACHED:
        raise refuse(
            f"{count} attributes are renamed or reached",
            f"{_MOST_REACHED}: conditions ask for each",
        )
    _check_renamed(schema, refuse)


def _check_words(schema: AnySchema, refuse: Refuse) -> None:
    """Checks that it is said whether the unique items of a renamed field have its former name."""
    for unique in schema.uniques:
        stored = schema.attribute(unique.field).stored
        former = [old for old, new in schema.reach.renamed.items() if new == stored]
        if former and unique.has_owner and not unique.is_named:
            raise refuse(
                f"{former[0]} is renamed to {stored}, which is unique: the unique items of items"
                f" that were stored before are called {former[0]}",
                f"unique({unique.field!r}, name={former[0]!r}), or the name that they have",
            )


def _check_renamed(schema: AnySchema, refuse: Refuse) -> None:
    """Checks that former names are nobody's, and present ones those of fields' attributes."""
    fields = schema.by_stored_name
    for former, present in schema.reach.renamed.items():
        if former in schema.owned_names:
            raise refuse(f"{former} is renamed, and is an attribute of today", "another name")
        if present not in fields:
            raise refuse(f"{former} is renamed to {present}", f"one of {', '.join(fields)}")
