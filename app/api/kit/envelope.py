"""The envelope of every answer with a body: `{success, data, error}`.

`GET /health` is the only exception, and 204, 304 and 308 have no body.
"""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from app.core.problems import problem_types
from app.core.wire import Detail, Out, Text

T = TypeVar("T")


class _KnownCodes:
    """Lists the codes in OpenAPI, so that a client which compares with another does not compile."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(core), "enum": sorted(each.code for each in problem_types())}


class Envelope(Out, Generic[T]):
    """A success: `error` is null."""

    success: Literal[True] = True
    data: T
    error: None = None


class Failed(Out):
    """Why a request was not carried out."""

    code: Annotated[str, _KnownCodes()] = Field(
        description="Stable; may be matched by programs. See the error catalogue."
    )
    message: Text = Field(description="For people; may change.")
    details: tuple[Detail, ...] = Field(description="Empty unless there is more to say.")
    trace_id: str = Field(description="Also in `X-Request-Id`; name it when you report a fault.")


class Failure(Out):
    """A failure: `data` is null."""

    success: Literal[False] = False
    data: None = None
    error: Failed


def ok(data: T) -> Envelope[T]:
    """The envelope around a result."""
    return Envelope(data=data)
