"""docs/errors.md."""

from __future__ import annotations

from collections.abc import Iterator

from singletable.emit.docs.errors_page import errors_page
from singletable.errors import DeclarationError, RequestError, SingleTableError

PAGE = errors_page()


def engine_errors(root: type[SingleTableError]) -> Iterator[type[SingleTableError]]:
    for kind in root.__subclasses__():
        if kind.__module__.startswith("singletable."):
            yield kind
            yield from engine_errors(kind)


def test_every_error_is_documented_by_slug_class_reason_and_remedy() -> None:
    """A reader arrives with any of them."""
    for family in (DeclarationError, RequestError):
        for kind in engine_errors(family):
            told = PAGE.partition(f"\n### {kind.slug}\n")[2].partition("\n### ")[0]
            assert f"- **Class:** `{kind.__name__}`" in told
            assert kind.why in told
            assert kind.remedy in told


def test_slugs_are_told_apart() -> None:
    """Programs match them."""
    slugs = [kind.slug for kind in engine_errors(SingleTableError)]
    assert len(set(slugs)) == len(slugs)


def test_an_error_of_an_application_is_not_the_engines() -> None:
    """Classes that others derive are theirs to document."""

    class OutOfStock(RequestError):
        slug = "out-of-stock"

    assert OutOfStock.slug not in errors_page()


def test_a_kind_of_another_error_says_so() -> None:
    """Whoever catches the parent catches it too."""
    assert "`ItemExists`, a kind of `WriteRefused`" in PAGE
