"""A transformed template with its parameters: conditions decided, every reference followed.

Knows the intrinsic functions that the template uses, and refuses any other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/fm-web-dev/0-1-2-3",
    "AWS::StackName": "fm-web-dev",
    "AWS::URLSuffix": "amazonaws.com",
}
NOTHING = object()
_NAMED = re.compile(r"\$\{(!?[^}]+)\}")


class Dangling(Exception):
    """Something is referred to that this stack does not have."""


class Stack:
    """`made`: what references to resources are worth; others get a text that names them."""

    def __init__(
        self,
        template: Mapping[str, Any],
        parameters: Mapping[str, str],
        made: Mapping[str, str] | None = None,
    ) -> None:
        declared = template.get("Parameters", {})
        if unknown := parameters.keys() - declared.keys():
            raise Dangling(f"no such parameters: {sorted(unknown)}")
        self.parameters = {
            name: _given(about, parameters.get(name, about.get("Default")))
            for name, about in declared.items()
        }
        self._made = made or {}
        self._conditions: Mapping[str, Any] = template.get("Conditions", {})
        self._all: Mapping[str, Any] = template["Resources"]
        self._outputs: Mapping[str, Any] = template.get("Outputs", {})

    def holds(self, condition: str) -> bool:
        if condition not in self._conditions:
            raise Dangling(f"no condition {condition}")
        return self.resolve(self._conditions[condition]) is True

    def has(self, resource: str) -> bool:
        condition = self._all.get(resource, {}).get("Condition")
        return resource in self._all and (condition is None or self.holds(condition))

    def properties(self, resource: str) -> Any:
        """Resolved, whole."""
        return self.resolve(self._all[resource].get("Properties", {}))

    def problems(self) -> list[str]:
        """Each reference, in resources and outputs that are there, to what is not."""
        found: list[str] = []
        places = {**self._all, **{f"output {name}": it for name, it in self._outputs.items()}}
        for name, place in places.items():
            try:
                if "Condition" in place and not self.holds(place["Condition"]):
                    continue
                for other in _listed(place.get("DependsOn", [])):
                    self._resource(other)
                self.resolve({**place, "Condition": None, "DependsOn": None})
            except Dangling as dangling:
                found.append(f"{name}: {dangling}")
        return found

    def resolve(self, node: Any) -> Any:
        if isinstance(node, list):
            items = [self.resolve(each) for each in node]
            return [each for each in items if each is not NOTHING]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((name, argument),) = node.items()
            if name in ("Ref", "Condition") or name.startswith("Fn::"):
                return self._called(name, argument)
        pairs = {key: self.resolve(each) for key, each in node.items()}
        return {key: each for key, each in pairs.items() if each is not NOTHING}

    def _called(self, name: str, argument: Any) -> Any:
        match name:
            case "Ref":
                return self._ref(argument)
            case "Condition":
                return argument if not isinstance(argument, str) else self.holds(argument)
            case "Fn::GetAtt":
                return self._attribute(*_attribute_of(argument))
            case "Fn::Sub":
                return self._sub(argument)
            case "Fn::If":
                condition, then, otherwise = argument
                return self.resolve(then if self.holds(condition) else otherwise)
            case _:
                return self._logic(name, self.resolve(argument))

    def _logic(self, name: str, arguments: Any) -> Any:
        match name:
            case "Fn::Equals":
                return arguments[0] == arguments[1]
            case "Fn::Not":
                return not arguments[0]
            case "Fn::And":
                return all(arguments)
            case "Fn::Or":
                return any(arguments)
            case "Fn::Join":
                return str(arguments[0]).join(map(str, arguments[1]))
            case "Fn::Split":
                return str(arguments[1]).split(str(arguments[0]))
            case _:
                raise Dangling(f"nobody knows {name}")

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NOTHING
        if name in PSEUDO:
            return PSEUDO[name]
        if name in self.parameters:
            return self.parameters[name]
        self._resource(name)
        return self._made.get(name, f"<{name}>")

    def _attribute(self, resource: str, attribute: str) -> str:
        self._resource(resource)
        name = f"{resource}.{attribute}"
        return self._made.get(name, f"<{name}>")

    def _resource(self, name: str) -> None:
        if not self.has(name):
            raise Dangling(f"{name} is not there")

    def _sub(self, argument: Any) -> str:
        text, own = argument if isinstance(argument, list) else (argument, {})

        def put_in(found: re.Match[str]) -> str:
            name = found[1]
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in own:
                return str(self.resolve(own[name]))
            resource, dot, attribute = name.partition(".")
            return str(self._attribute(resource, attribute) if dot else self._ref(name))

        return _NAMED.sub(put_in, text)


def _given(about: Mapping[str, Any], value: Any) -> Any:
    if value is None:
        raise Dangling("a parameter has neither value nor default")
    return str(value).split(",") if about["Type"] == "CommaDelimitedList" else str(value)


def _attribute_of(argument: Any) -> tuple[str, str]:
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    return parts[0], parts[1]


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
