"""Errors of posts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.errors import DomainError


class PostError(DomainError):
    """A question or a change that makes no sense, or not now."""


class PostMissing(PostError):
    """There is none, or none that the caller may know of."""

    message = "the post does not exist"


class RevisionMissing(PostError):
    """The post has no former text of this number."""

    message = "the revision does not exist"


class InThePast(PostError):
    """A publication is planned for a moment to come."""

    message = "has to be in the future"


class CategoryMissing(PostError):
    """No category has, or had, the slug that a list is asked by."""

    message = "the category does not exist"


@dataclass(eq=False, kw_only=True)
class SubtreeTooLarge(PostError):
    """A list of all that is below a category is merged from a query of each."""

    message = "{most} categories can be listed together, and not more; ask for one below"

    most: int


@dataclass(eq=False, kw_only=True)
class TooManyFormerSlugs(PostError):
    """Every former slug keeps leading to its post, so there is an end to them."""

    message = "it has {most} former slugs, and may not have more"

    most: int


@dataclass(eq=False, kw_only=True)
class NoSuchList(PostError):
    """No access pattern answers this combination of filters."""

    message = "there is no list by {asked}; there are lists by {known}, and the one without filter"

    asked: str
    known: str

    @classmethod
    def of(cls, asked: Sequence[str], known: Sequence[Sequence[str]]) -> NoSuchList:
        return cls(asked=" + ".join(asked), known=", ".join(" + ".join(each) for each in known))
