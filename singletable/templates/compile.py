"""Compiles key templates; refuses what could not be read back, or could be forged by a value."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from string import Formatter

from singletable.errors.declaration import InvalidTemplate, UnknownTemplateField
from singletable.formats import EscapedText, Format, check_encodable
from singletable.languages.pattern import check_pattern
from singletable.templates.template import Part, Template


def compile_template(
    source: str,
    formats: Mapping[str, Format],
    *,
    where: str,
    limit: int,
    delimiter: str = "#",
    natural: bool = False,
) -> Template:
    """The template of a source text over fields with these formats.

    `natural`: the key attribute is the field itself, so its text needs no delimiter.
    """
    literal, placeholders = _scan(source, where)
    _check_fields([name for name, _ in placeholders], formats, where, source)
    for name, _ in placeholders:
        _check_pattern(name, formats[name], where)
    parts = tuple(
        Part(
            field=name,
            format=formats[name],
            after=after,
            forbidden=frozenset() if natural else _forbidden(formats[name], after, delimiter),
            natural=natural,
        )
        for name, after in placeholders
    )
    template = Template(source=source, where=where, literal=literal, parts=parts, limit=limit)
    for part in parts:
        _check_alphabet(part, template)
    _check_beginnings(template)
    _check_ends(template)
    _check_adjacent(template)
    _check_length(template)
    return template


def _forbidden(format_: Format, after: str, delimiter: str) -> frozenset[str]:
    """The characters that no text of a part may contain: those that could end the part early.

    A text of fixed width ends by itself, whatever follows; the delimiter stays forbidden, but for
    formats that take it, of which nothing follows.
    """
    if format_.takes_delimiter:
        return frozenset()
    return frozenset(delimiter if format_.fixed_width else delimiter + after[:1])


def _scan(source: str, where: str) -> tuple[str, list[tuple[str, str]]]:
    """The leading literal, then each placeholder with the literal that follows it."""
    if not source:
        raise InvalidTemplate(where=where, declared="the template is empty", allowed="some text")
    first, placeholders = "", list[tuple[str, str]]()
    try:
        check_encodable(source)
        for literal, name, spec, conversion in Formatter().parse(source):
            if not placeholders:
                first += literal
            else:
                last, after = placeholders[-1]
                placeholders[-1] = (last, after + literal)
            if name is None:
                continue
            if spec or conversion or not name.isidentifier():
                raise ValueError(f"{{{name}}} is not the plain name of a field")
            placeholders.append((name, ""))
    except ValueError as error:
        raise InvalidTemplate(
            where=where, declared=f"{source!r}: {error}", allowed="literal text and {field} names"
        ) from None
    return first, placeholders


def _check_fields(names: list[str], formats: Mapping[str, Format], where: str, source: str) -> None:
    for name in names:
        if name not in formats:
            raise UnknownTemplateField(
                where=where,
                declared=f"{source!r} names {name!r}",
                allowed=", ".join(sorted(formats)) or "no field has a key format",
            )
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InvalidTemplate(
            where=where,
            declared=f"{source!r} names {', '.join(repeated)} twice",
            allowed="each field once",
        )


def _check_pattern(name: str, format_: Format, where: str) -> None:
    """Checks that the texts of a format are known: by them keys are compared."""
    try:
        if format_.pattern is not None:
            check_pattern(format_.pattern)
    except ValueError as error:
        raise InvalidTemplate(
            where=where, declared=f"{name}: {error}", allowed="a regular pattern, or none"
        ) from None


def _check_alphabet(part: Part, template: Template) -> None:
    escapes = isinstance(part.format, EscapedText)
    beyond = [mark for mark in sorted(part.forbidden) if escapes and mark > "$"]
    if beyond:
        raise InvalidTemplate(
            where=template.where,
            declared=f"{part.field} escapes characters up to '$', and {beyond[0]!r} ends it",
            allowed="'#' or another separator up to '$' after escaped text",
        )
    if part.format.alphabet is None:
        return
    clash = part.forbidden & part.format.alphabet
    if clash:
        raise InvalidTemplate(
            where=template.where,
            declared=f"values of {part.field} may contain {' '.join(sorted(clash))!r},"
            f" which ends that part of {template.source!r}",
            allowed="a separator that its values cannot contain",
        )


def _check_beginnings(template: Template) -> None:
    for part in template.parts:
        if part.format.takes_beginnings and type(part.format).bounds is Format.bounds:
            raise InvalidTemplate(
                where=template.where,
                declared=f"{part.field} ({part.format.name}) takes beginnings, and its format"
                " has no `bounds` of its own that says what they stand for",
                allowed="a format with `bounds(value)`, or without `takes_beginnings`",
            )


def _check_ends(template: Template) -> None:
    """Checks that what may contain the delimiter is the end of the key: nothing ends it early."""
    for part in template.parts:
        if part.format.takes_delimiter and (part.after or part is not template.parts[-1]):
            raise InvalidTemplate(
                where=template.where,
                declared=f"{part.field} may contain the delimiter, and {template.source!r} goes on"
                " after it",
                allowed="such a field at the end of a key, or escaped_text()",
            )


def _check_adjacent(template: Template) -> None:
    for part, following in pairwise(template.parts):
        if not part.after and not part.format.fixed_width:
            raise InvalidTemplate(
                where=template.where,
                declared=f"{template.source!r} puts {part.field} of varying width directly before"
                f" {following.field}",
                allowed="literal text between them",
            )


def _check_length(template: Template) -> None:
    least = len(template.literal.encode()) + sum(
        part.format.min_bytes + len(part.after.encode()) for part in template.parts
    )
    if least > template.limit:
        raise InvalidTemplate(
            where=template.where,
            declared=f"{template.source!r} has at least {least} bytes",
            allowed=f"at most {template.limit}",
        )
