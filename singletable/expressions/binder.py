"""Binds names and values of one request to placeholders. Knows no condition and no entity."""

from __future__ import annotations

from dataclasses import dataclass, field

from singletable.codec import AttributeValue


@dataclass
class Binder:
    """`#n` for names, `:v` for values. A name is bound once; every value gets its own number."""

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
        """The request parameters; DynamoDB refuses empty maps, so those are left out."""
        parameters: dict[str, object] = {}
        if self.names:
            parameters["ExpressionAttributeNames"] = dict(self.names)
        if self.values:
            parameters["ExpressionAttributeValues"] = dict(self.values)
        return parameters
