"""The closed list of what `details[].code` may be, and the details of values that are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from pydantic import Field, JsonValue

from app.core.wire import Out, Text

CODES: Mapping[str, str] = {
    # of values
    "differs": "contradicts another field",
    "in-the-future": "it is yet to come",
    "in-the-past": "has to be in the future",
    "invalid": "is not allowed here",
    "missing": "is needed",
    "no-offset": "has to say its offset from UTC",
    "no-picture": "is no picture that pages show",
    "no-such-list": "there is no list by these filters",
    "nothing-to-change": "nothing is to be changed",
    "nothing-to-see": "needs a character that can be seen",
    "one-of": "one of several is to be given, and not more",
    "refused-by-pool": "the user pool does not take it",
    "repeated": "may be given once only",
    "reserved": "stands for something else",
    "taken": "has to be unique, and something else has it",
    "too-few": "needs at least {min} items",
    "too-large": "is more than {max}",
    "too-long": "has more than {max} characters or bytes",
    "too-many": "has more than {max} items",
    "too-short": "needs at least {min} characters",
    "too-small": "is less than {min}",
    "too-weak": "is not as the rules for passwords want it",
    "unfit-character": "must not hold U+{character}, which controls how text is shown",
    "unknown-category": "the category does not exist",
    "unknown-field": "is not known here",
    "unknown-media": "the file does not exist",
    "unknown-parameter": "is not known here",
    "unknown-value": "is none of {allowed}",
    "wrong-form": "is not written as it has to be",
    "wrong-type": "is no {expected}",
    # of a state that refuses: 409
    "already-draft": "it is a draft already",
    "already-exists": "something with this identity exists",
    "below-itself": "a category cannot go into itself or what is below it",
    "changed": "someone else changed it at the same time",
    "has-no-result": "the job has no result, or none yet",
    "in-progress": "an account with this address is being made",
    "last-admin": "someone else has to be an administrator first",
    "not-archivable": "only a draft or a published post can be archived",
    "not-a-draft": "only a draft can be submitted",
    "not-cancellable": "the job has ended",
    "not-confirmed": "only a confirmed upload becomes ready",
    "not-empty": "the category has posts or children",
    "not-in-pool": "the user pool has no such account",
    "not-in-review": "only a post in review has a plan",
    "not-pending": "only a pending upload is confirmed",
    "not-published": "only a published post has it",
    "not-ready": "the file, or this stage, is not ready",
    "not-reviewed": "only a post in review is published or planned",
    "not-startable": "the job is under way or has ended",
    "nothing-uploaded": "nothing was uploaded yet",
    "refused": "the present state does not allow it",
    "timed-out": "the registration took too long and was given up",
    "too-deep": "the tree may not have more levels",
    "too-many-slugs": "it may not have more former slugs",
    "tree-changed": "the tree was changed at the same time",
    "upload-differs": "the upload is not of the announced type and size",
    "upload-replaced": "the upload was replaced meanwhile",
}
"""With what each means; in braces: what `params` has."""

_OF_PYDANTIC: Mapping[str, str] = {
    "enum": "unknown-value",
    "extra_forbidden": "unknown-field",
    "greater_than": "too-small",
    "greater_than_equal": "too-small",
    "less_than": "too-large",
    "less_than_equal": "too-large",
    "literal_error": "unknown-value",
    "missing": "missing",
    "string_pattern_mismatch": "wrong-form",
    "string_too_long": "too-long",
    "string_too_short": "too-short",
    "timezone_aware": "no-offset",
    "too_long": "too-many",
    "too_short": "too-few",
}
_LIMITS = {"min_length": "min", "max_length": "max", "ge": "min", "gt": "min", "le": "max"}
_RENAMED = {**_LIMITS, "lt": "max", "expected": "allowed", "character": "character"}
_EXPECTED = {"bool": "boolean", "int": "integer", "list": "array", "string": "string"}
_QUOTED = re.compile(r"'([^']*)'")
_BY_WORDS = (
    (re.compile(r"is \w+, not "), "wrong-type"),
    (re.compile(r".*more than (?P<max>\d+)"), "too-long"),
    (re.compile(r"is empty$"), "too-short"),
)
"""How the formats of the model word what they raise."""
LONGEST_LOCATION = 200

Param: TypeAlias = int | str | Sequence[str]


class Detail(Out):
    """One of several things that are wrong, and where."""

    location: Text = Field(description="Dotted path into the request, such as `body.title`.")
    code: str = Field(
        description="Stable; may be matched by programs.",
        json_schema_extra={"enum": list[JsonValue](sorted(CODES))},
    )
    message: Text = Field(description="For people; may change.")
    params: Mapping[str, Param] = Field(
        default_factory=dict[str, Param],
        examples=[{"max": 200}],
        description="Limits and the like, for messages in other words.",
    )


def detail(location: str, code: str, message: str = "", **params: Param) -> Detail:
    """`message`: in place of what the code means."""
    shown = {
        name: value if isinstance(value, int | str) else ", ".join(value)
        for name, value in params.items()
    }
    words = message or CODES[code].format_map(shown)
    return Detail(location=location, code=code, message=words, params=params)


def detail_of(finding: Mapping[str, Any]) -> Detail:
    """What pydantic found."""
    location = ".".join(str(part) for part in finding["loc"])[:LONGEST_LOCATION]
    context: Mapping[str, Any] = finding.get("ctx", {})
    params = {_RENAMED[name]: value for name, value in context.items() if name in _RENAMED}
    if finding["type"] == "value_error":
        return _of_format(location, finding["msg"].removeprefix("Value error, "))
    is_secret = context.get("field_type") == "Value"  # a text whose length is that of a list
    code = next(_codes_of(f"string_{finding['type']}" if is_secret else finding["type"]))
    if code == "unknown-value":
        params["allowed"] = _QUOTED.findall(params["allowed"])
    if code == "wrong-type":
        params["expected"] = _EXPECTED.get(finding["type"].partition("_")[0], "object")
    return detail(location, code, **params)


def _codes_of(kind: str) -> Iterator[str]:
    """Of a type of pydantic's, the best first."""
    yield from (c for c in (_OF_PYDANTIC.get(kind, ""), kind.replace("_", "-")) if c in CODES)
    if kind.endswith("_type") or kind in ("int_parsing", "bool_parsing", "int_from_float"):
        yield "wrong-type"
    yield "wrong-form" if "parsing" in kind else "invalid"


def _of_format(location: str, words: str) -> Detail:
    for pattern, code in _BY_WORDS:
        if found := pattern.match(words):
            limits = {"min": 1} if code == "too-short" else {}
            limits |= {name: int(value) for name, value in found.groupdict().items()}
            return detail(location, code, words, **limits)
    return detail(location, "wrong-form", words)
