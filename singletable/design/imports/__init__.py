"""Designs of other tools: which one a file is of is told by its own keys.

What a format does not say stays unsaid; what is left out of a file is noted.
"""

from __future__ import annotations

from dataclasses import dataclass

from singletable.codec.wire import is_mapping
from singletable.design.imports import awslabs, electrodb, onetable, workbench
from singletable.design.imports.reading import Form
from singletable.design.ir import JsonObject

FORMS: tuple[Form, ...] = (workbench.FORM, onetable.FORM, awslabs.FORM, electrodb.FORM)


@dataclass(frozen=True)
class Imported:
    """A design in the interchange format, the name of the format that it had, and what was left
    out or not known."""

    form: str
    data: JsonObject
    notes: tuple[str, ...]


def is_interchange(data: object) -> bool:
    return is_mapping(data) and "singletable" in data


def import_design(data: object) -> Imported | None:
    """A parsed file of another tool in the interchange format; None for what no tool wrote.

    `ValueError` where the file is of a tool and broken; pydantic's error is one."""
    form = next((each for each in FORMS if each.fits(data)), None)
    if form is None:
        return None
    notes = list[str]()
    made = form.convert(data, notes.append)
    return Imported(form.name, made, tuple(dict.fromkeys(notes)))


__all__ = ["FORMS", "Imported", "import_design", "is_interchange"]
