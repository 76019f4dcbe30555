"""The template as people write it, and as CloudFormation gets it from SAM. Asks nothing of AWS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from boto3 import Session
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]
SAM = ROOT / "sam"
TEMPLATE = SAM / "template.yaml"

Template = dict[str, Any]


@cache
def _read() -> Template:
    parsed: Template = yaml_parse(TEMPLATE.read_text())
    return parsed


def source() -> Template:
    """As it is written; a copy, which tests may break."""
    return deepcopy(_read())


def transformed(written: Template, parameters: Mapping[str, str] | None = None) -> Template:
    """What SAM makes of it; folders stand for what a build would have uploaded."""
    written = deepcopy(written)
    for resource in written["Resources"].values():
        for folder in ("CodeUri", "ContentUri"):
            if folder in resource.get("Properties", {}):
                resource["Properties"][folder] = "s3://built/artefact"
    translator = Translator({}, Parser(), boto_session=Session(region_name="eu-west-1"))
    made: Template = translator.translate(written, dict(parameters or {}))
    return made


@cache
def _deployed() -> Template:
    return transformed(_read())


def deployed() -> Template:
    """The transformed template; a copy."""
    return deepcopy(_deployed())


def of_type(template: Template, kind: str) -> dict[str, Any]:
    """Resources of a type, such as `AWS::Lambda::Function`, by their logical ids."""
    resources: dict[str, Any] = template["Resources"]
    return {name: each for name, each in resources.items() if each["Type"] == kind}


def only(template: Template, kind: str) -> dict[str, Any]:
    """The properties of the one resource of a type."""
    (resource,) = of_type(template, kind).values()
    properties: dict[str, Any] = resource["Properties"]
    return properties


def functions(template: Template) -> dict[str, dict[str, Any]]:
    """The properties of each Lambda function, by its logical id."""
    made = of_type(template, "AWS::Lambda::Function")
    return {name: resource["Properties"] for name, resource in made.items()}


def values(node: Any, name: str) -> Iterator[Any]:
    """Whatever is called `name`, at any depth."""
    children = node.items() if isinstance(node, dict) else enumerate(node)
    for key, child in children:
        if key == name:
            yield child
        if isinstance(child, dict | list):
            yield from values(child, name)
