"""Refused writes whose label is about one value of the request. All others are a `Conflict`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from access_patterns import categories, posts
from app.http.refusals import Refusal, Taken
from app.http.validation import invalid
from singletable import Label
from singletable.errors import WriteRefused


def _no_parent() -> Refusal:
    return invalid("body.parentId", "unknown-category", categories.NO_PARENT.message)


ABOUT_A_VALUE: Mapping[tuple[str, Label], Callable[[], Refusal]] = {
    ("PostSlug", posts.SLUG_TAKEN): lambda: Taken(field="slug"),
    ("CategoryUsage", posts.NO_CATEGORY): lambda: invalid(
        "body.categoryId", "unknown-category", posts.NO_CATEGORY.message
    ),
    ("Category", categories.NO_PARENT): _no_parent,
    ("CategoryUsage", categories.NO_PARENT): _no_parent,
}
"""By the entity whose write was refused, and the label that its pattern gave it."""


def about_a_value(refused: WriteRefused) -> Refusal | None:
    """None if the label is about no value in particular."""
    if refused.label is None:
        return None
    translate = ABOUT_A_VALUE.get((refused.entity, refused.label))
    return translate() if translate else None
