"""Binds names and values of one request to placeholders. Knows no condition and no entity."""

from __future__ import annotations

from dataclasses import dataclass, field

from singletable.codec import AttributeValue


@dataclass
class Binder:
    """Gives placeholders: `#n` to names, each bound once, and `:v` to values, each bound anew."""

    names: dict[str, str] = field(default_factory=dict[str, str])
    values: dict[str, AttributeValue] = field(default_factory=dict[str, AttributeValue])

    def name(self, attribute: str) -> str:
        for placeholder, bound in self.names.items():
            if bound == attribute:
                return placeholder
        placeholder = f"#n{len(self.names)}"
        self.names[placeholder] = attribute
        return placeholder

    def value(self, value: AttributeValue) -> str:
        placeholder = f":v{len(self.values)}"
        self.values[placeholder] = value
        return placeholder

    def parameters(self) -> dict[str, object]:
        """The bound names and values as request parameters; DynamoDB refuses empty maps."""
        parameters: dict[str, object] = {}
        if self.names:
            parameters["ExpressionAttributeNames"] = dict(self.names)
        if self.values:
            parameters["ExpressionAttributeValues"] = dict(self.values)
        return parameters
