"""Bases of request and response models, and text that people type.

Names are camelCase, unknown fields are refused. Typed text holds no invisible and no
direction-changing characters where they do harm; OpenAPI shows the same rule as a pattern.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any
from unicodedata import normalize

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from model import Body, Summary, Title
from model.media import FileName
from model.post import MAX_TAGS


class In(BaseModel):
    """The base of request bodies: camelCase only, unknown fields and NaN refused."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_alias=True,
        validate_by_name=False,
        extra="forbid",
        allow_inf_nan=False,
        frozen=True,
        hide_input_in_errors=True,  # a refused password must not reach a log
    )


class Out(BaseModel):
    """The base of answers: made with Python's names, written in camelCase."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_alias=True,
        validate_by_name=True,
        serialize_by_alias=True,
        from_attributes=True,
        frozen=True,
        hide_input_in_errors=True,
        defer_build=True,  # a cold start builds what its first answer needs
        json_schema_serialization_defaults_required=True,  # a member that is always sent says so
    )


_SAYS_ITSELF = ("examples", "$ref", "default", "const", "enum", "items")
_BY_TYPE = {"boolean": False, "integer": 1}


def like(*entities: type[BaseModel], **own: Any) -> ConfigDict:
    """For `model_config`: OpenAPI shows fields by the examples of the entities' fields of the same
    name. `own`: examples of other fields."""
    fields = {name: each for of in entities[::-1] for name, each in of.model_fields.items()}
    known = {name: each.examples[0] for name, each in fields.items() if each.examples}
    examples = {to_camel(name): value for name, value in {**known, **own}.items()}

    def complete(schema: dict[str, Any]) -> None:
        for name, shown in schema.get("properties", {}).items():
            if name in examples:
                shown["examples"] = [examples[name]]
            elif shown.get("type") in _BY_TYPE and not set(_SAYS_ITSELF) & set(shown):
                shown["examples"] = [_BY_TYPE[shown["type"]]]

    return ConfigDict(json_schema_extra=complete)


def _writable(text: str) -> str:
    """Parts of the request may be quoted, and hold halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode("utf-8")


Text = Annotated[str, BeforeValidator(_writable)]

MAX_TAG_LENGTH = 50

# Controls but for breaks and tabs, overrides of direction, noncharacters; in one line also breaks
# and isolates.
_OF_LINES = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\ufff9-\ufffb\ufffe\uffff"
_OF_ONE_LINE = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\ufffe\uffff"

# White space, fillers, joiners, marks of direction, selectors: good between others, nothing alone.
_UNSEEN = (
    r"\s\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u2800"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0"
)


@dataclass(frozen=True)
class TypedText:
    """Marks a text: of one line or, with `lines`, of several; it may be empty if `optional`."""

    lines: bool = False
    optional: bool = False

    @property
    def pattern(self) -> str:
        refused = self._refused
        seen = f"^[^{refused}]*[^{refused}{_UNSEEN}][^{refused}]*$"
        return f"^$|{seen}" if self.optional else seen

    @property
    def _refused(self) -> str:
        return _OF_LINES if self.lines else _OF_ONE_LINE

    def check(self, text: str) -> str:
        """The text; raises what the client is told."""
        if found := re.search(f"[{self._refused}]", text):
            raise PydanticCustomError(
                "unfit-character",
                "Text must not hold U+{character}, which controls how text is shown",
                {"character": f"{ord(found[0]):04X}"},
            )
        if not (self.optional and text == "") and not re.search(f"[^{_UNSEEN}]", text):
            raise PydanticCustomError("nothing-to-see", "Text must have a character to be seen")
        return text

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "pattern": self.pattern}


def _trimmed(tag: str) -> str:
    """In one form, so that equal tags are equal; composing may make a tag longer."""
    text = normalize("NFC", tag).strip()
    if len(text) > MAX_TAG_LENGTH:
        raise PydanticCustomError(
            "string_too_long",
            "A tag should have at most {max_length} characters",
            {"max_length": MAX_TAG_LENGTH},
        )
    return text


def _each_once(tags: list[str]) -> list[str]:
    """The first spelling stays; letter case makes no other tag."""
    first = dict[str, str]()
    for tag in tags:
        first.setdefault(tag.casefold(), tag)
    return list(first.values())


TypedTitle = Annotated[Title, TypedText()]
TypedSummary = Annotated[Summary, TypedText(lines=True, optional=True)]
TypedBody = Annotated[Body, TypedText(lines=True, optional=True)]
TypedName = Annotated[str, Field(max_length=100), TypedText(optional=True)]
TypedAbout = Annotated[str, Field(max_length=500), TypedText(lines=True, optional=True)]

TypedFileName = Annotated[FileName, TypedText()]
TypedTag = Annotated[
    str, Field(min_length=1, max_length=MAX_TAG_LENGTH), TypedText(), AfterValidator(_trimmed)
]
TypedTags = Annotated[list[TypedTag], Field(max_length=MAX_TAGS), AfterValidator(_each_once)]
