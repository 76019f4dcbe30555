"""The error classes → docs/errors.md. Knows errors and Markdown only."""

from __future__ import annotations

from collections.abc import Iterator

from singletable.emit.docs.markdown import bullets, code, page
from singletable.errors import DeclarationError, RequestError, SingleTableError
from singletable.errors import design as _design

MARKER = "<!-- Made by `singletable docs` from the error classes; not to be edited. -->"
_USUAL = f"Where nothing else is said, the message is `{DeclarationError.message}`"
_FAMILIES: tuple[tuple[type[SingleTableError], str], ...] = (
    (DeclarationError, "Raised while modules load, before anything is sent. " + _USUAL),
    (
        RequestError,
        "Raised at run time: an operation was refused before it was sent, or by DynamoDB, or its "
        "answer cannot be used. Each says in `written` whether anything was written: `no`, `yes`, "
        "or `unknown`, where an answer was lost. Of a read it is always `no`.",
    ),
)
_PACKAGE = _design.__name__.partition(".")[0]


def errors_page(*others: tuple[type[SingleTableError], str]) -> str:
    """The document: the engine's families and others, each with what is said of it; every class
    with its slug, its message and its remedy."""
    families = [block for root, told in (*_FAMILIES, *others) for block in _family(root, told)]
    intro = "Everything the engine raises is a `SingleTableError` of one of two families."
    return page([MARKER, "# Errors", intro, *families])


def _family(root: type[SingleTableError], told: str) -> Iterator[str]:
    yield f"## {root.__name__}"
    yield told
    for kind in _descendants(root):
        yield f"### {kind.slug}"
        yield bullets(_facts(kind))


def _facts(kind: type[SingleTableError]) -> Iterator[tuple[str, str]]:
    base = kind.__bases__[0]
    family = (
        "" if base in (DeclarationError, RequestError) else f", a kind of {code(base.__name__)}"
    )
    yield "Class", code(kind.__name__) + family
    yield "Message", code(kind.message) if kind.message != DeclarationError.message else ""
    yield "Why", kind.why
    yield "What to do", kind.remedy
    yield "Written", _outcomes(kind)
    told = vars(kind).get("__doc__") or ""
    if not told.startswith(f"{kind.__name__}("):
        yield "Note", " ".join(told.split())


def _outcomes(kind: type[SingleTableError]) -> str:
    """What the error can say of what was written; empty where nothing is ever sent."""
    return " · ".join(map(code, kind.outcomes)) if issubclass(kind, RequestError) else ""


def _descendants(root: type[SingleTableError]) -> Iterator[type[SingleTableError]]:
    """The package's own classes, parents before children, in the order of their declaration."""
    for kind in root.__subclasses__():
        if kind.__module__.startswith(f"{_PACKAGE}."):
            yield kind
            yield from _descendants(kind)
