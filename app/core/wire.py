"""Bases of request and response models: camelCase names, unknown fields refused."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel


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
        json_schema_serialization_defaults_required=True,  # a member that is always sent says so
    )


def _writable(text: str) -> str:
    """Parts of the request may be quoted, and hold halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode("utf-8")


Text = Annotated[str, BeforeValidator(_writable)]


class Detail(Out):
    """One of several things that are wrong, and where."""

    location: Text = Field(description="Dotted path into the request, such as `body.title`.")
    code: str = Field(description="Stable; may be matched by programs.")
    message: Text = Field(description="For people; may change.")
