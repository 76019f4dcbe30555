"""Names the placeholders of one request after attributes: `#status = :status`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from functools import lru_cache
from typing import Any

from singletable.codec import AttributeValue
from singletable.records import record

_LONGEST_WORD = 32
_PLACEHOLDER = re.compile(r"[#:]\w+")


@record(frozen=False)
class Binder:
    """Binds attribute names and values. A name is bound once, each value to a placeholder of its
    own: `:status`, then `:status_2`."""

    names: dict[str, str] = field(default_factory=dict[str, str])
    values: dict[str, AttributeValue] = field(default_factory=dict[str, AttributeValue])
    _placeholders: dict[str, str] = field(default_factory=dict[str, str])
    _counts: dict[str, int] = field(default_factory=dict[str, int])

    def name(self, attribute: str) -> str:
        """The placeholder of an attribute's name."""
        placeholder = self._placeholders.get(attribute)
        if placeholder is None:
            placeholder = self._unused("#" + _word(attribute), self.names)
            self._placeholders[attribute] = placeholder
            self.names[placeholder] = attribute
        return placeholder

    def value(self, value: AttributeValue, attribute: str) -> str:
        """A new placeholder for a value that is compared with, or written to, `attribute`."""
        placeholder = self._unused(":" + _word(attribute), self.values)
        self.values[placeholder] = value
        return placeholder

    def _unused(self, placeholder: str, taken: Mapping[str, object]) -> str:
        if placeholder not in taken:
            return placeholder
        number = self._counts.get(placeholder, 1) + 1
        while f"{placeholder}_{number}" in taken:
            number += 1
        self._counts[placeholder] = number
        return f"{placeholder}_{number}"

    def parameters(self) -> dict[str, object]:
        """The bound names and values as request parameters; DynamoDB refuses empty maps."""
        parameters: dict[str, object] = {}
        if self.names:
            parameters["ExpressionAttributeNames"] = dict(self.names)
        if self.values:
            parameters["ExpressionAttributeValues"] = dict(self.values)
        return parameters


@lru_cache(maxsize=4096)
def _word(attribute: str) -> str:
    """What a placeholder may hold of an attribute's name: ASCII letters, digits, underscores."""
    return re.sub(r"\W", "_", attribute, flags=re.ASCII)[:_LONGEST_WORD] or "_"


def shorten_placeholders(parameters: Mapping[str, Any]) -> dict[str, object]:
    """The same request with numbers for placeholders, where names make an expression too long."""
    short = dict[str, str]()

    def rename(placeholder: str) -> str:
        return short.setdefault(placeholder, f"{placeholder[0]}{len(short)}")

    shortened = dict(parameters)
    for name in parameters:
        if name.endswith("Expression"):
            text = parameters[name]
            shortened[name] = _PLACEHOLDER.sub(lambda found: rename(found[0]), text)
    for name in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        if name in parameters:
            shortened[name] = {rename(key): bound for key, bound in parameters[name].items()}
    return shortened
