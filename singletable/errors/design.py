"""Errors of a design as a whole, found when it is loaded and documented."""

from __future__ import annotations

from singletable.errors.declaration import DeclarationError
from singletable.records import record


class DesignNotFound(DeclarationError):
    slug = "design-not-found"
    why = "What should name the design leads to no table."
    remedy = (
        "Name the module that declares the table's patterns, or `module:variable` of one table."
    )


@record(eq=False, frozen=False, kw_only=True)
class InvalidDesignFile(DeclarationError):
    """A file that is no design; `where` is the file, or a part of it."""

    slug = "invalid-design-file"
    message = "{where}: {declared}"
    why = "A file that should have a design cannot be read as one."
    remedy = "Correct the place named in the message; `singletable check --schema` has the format."

    allowed: str = "a design in the format of `singletable check --schema`, or of a tool it reads"


@record(eq=False, frozen=False, kw_only=True)
class InvalidFigures(DeclarationError):
    """A file of volumes, prices or a budget that is none; `where` is the file, or a part of it."""

    slug = "invalid-figures"
    message = "{where}: {declared}"
    why = "A file of figures for `singletable cost` or `check --volumes` cannot be read as one."
    remedy = "Correct the place named in the message; docs/costs.md has the format."

    allowed: str = "figures in the format of docs/costs.md"


@record(eq=False, frozen=False, kw_only=True)
class DesignFailed(DeclarationError):
    """A design whose module failed to import; `declared` is what its code raised."""

    slug = "design-failed"
    message = "{where} cannot be imported: {declared}"
    why = "The code of a design raised an error that is not the engine's."
    remedy = "Correct the code at the place named in the message."

    allowed: str = "a module that can be imported"


class MissingExample(DeclarationError):
    slug = "missing-example"
    why = "Documentation needs an example that the engine cannot think of."
    remedy = "Give the field one: `Field(examples=[...])`."


class UnknownPattern(DeclarationError):
    slug = "unknown-pattern"
    why = "Something names an access pattern that is not declared."
    remedy = "Correct the name, or declare the pattern."
