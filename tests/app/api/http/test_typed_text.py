"""Text that people type can be seen and turns nothing beside it; tags are one however typed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from app.api.v1.auth_schemas import SignUp
from app.api.v1.categories_schemas import CategoryChange, CategoryIn
from app.api.v1.media import UploadIn
from app.api.v1.posts_schemas import NewPost, PostPatch, PostText
from app.api.v1.users import UserIn
from app.core.wire import TypedText
from app.services.lines import PostLine

POST = {"title": "Hello", "categoryId": "news"}
SIGN_UP = {"email": "ada@example.com", "password": "Correct-horse-7"}
UPLOAD = {"name": "a.png", "contentType": "image/png", "size": 1}
# By what is typed: the body, the good rest of it, and the names of its texts of one line.
TYPED: dict[type[Any], tuple[dict[str, Any], tuple[str, ...]]] = {
    NewPost: (POST, ("title",)),
    PostText: (POST, ("title",)),
    PostPatch: ({}, ("title",)),
    PostLine: (POST, ("title",)),
    CategoryIn: ({}, ("name",)),
    CategoryChange: ({}, ("name",)),
    UserIn: ({"email": "ada@example.com"}, ("name",)),
    SignUp: (SIGN_UP, ("name",)),
    UploadIn: (UPLOAD, ("name",)),
}
WITH_TAGS = (NewPost, PostText, PostPatch, PostLine)
INVISIBLE = ["\u200b", "\u200b\ufeff", " \u00a0", "\u2060", "\u3164", "\u00ad", "\u200e", "\u2800"]
CONTROLLING = ["a\x00", "\x00", "a\x1bb", "a\x7f", "a\x85b", "a\u202eb", "a\u202db", "\ufffe"]
BREAKING = ["a\nb", "a\rb", "a\tb", "a\u2028b", "a\u2029b", "a\u2066b\u2069"]
SEEN = ["글", "a\u200db", "क\u094dष", "👩\u200d🚀", "e\u0301", "a b", "שלום\u200f!", "\ufffd"]


def is_taken(typed: type[Any], rest: dict[str, Any], **texts: Any) -> bool:
    try:
        typed.model_validate({**rest, **texts})
    except ValidationError as error:
        codes = {each["type"] for each in error.errors()}
        assert codes <= {"unfit-character", "nothing-to-see", "string_pattern_mismatch"}
        return False
    return True


@pytest.mark.parametrize("body", TYPED)
def test_titles_and_names_can_be_seen(body: type[Any]) -> None:
    """Not of zero width alone, without controls, breaks and turns of direction."""
    rest, names = TYPED[body]
    for name in names:
        for text in (*INVISIBLE, *CONTROLLING, *BREAKING):
            assert not is_taken(body, rest, **{name: text}), (name, text)
        for text in SEEN:
            assert is_taken(body, rest, **{name: text}), (name, text)


@pytest.mark.parametrize("body", WITH_TAGS)
def test_tags_summaries_and_bodies_as_well(body: type[Any]) -> None:
    """The last two may have lines, and may be empty."""
    rest, _ = TYPED[body]
    for text in (*INVISIBLE, *CONTROLLING):
        for name in ("summary", "body") if body is not PostLine else ():
            assert not is_taken(body, rest, **{name: text}), (name, text)
        assert not is_taken(body, rest, tags=[text]), text
    for text in (*SEEN, "", "# A\n\n\tb\r\n", "\u2067שמ\u2069"):
        assert is_taken(body, rest, summary=text, body=text), text


@pytest.mark.parametrize("body", WITH_TAGS)
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (["Go", "go", "go "], ["Go"]),
        (["b", "a", "B"], ["b", "a"]),
        (["e\u0301", "\u00e9"], ["\u00e9"]),
        (["Straße", "STRASSE"], ["Straße"]),
        ([" two words "], ["two words"]),
        ([], []),
    ],
)
def test_tags_are_each_once(body: type[Any], typed: list[str], kept: list[str]) -> None:
    """Composed, trimmed, and equal whatever the letter case; the first spelling stays."""
    rest, _ = TYPED[body]
    assert body.model_validate({**rest, "tags": typed}).tags == kept


def test_a_tag_that_grows_by_composing_is_not_too_long_for_the_model() -> None:
    """U+FB2C becomes three characters."""
    with pytest.raises(ValidationError):
        NewPost.model_validate({**POST, "tags": ["\ufb2c" * 20]})


@pytest.mark.parametrize("mark", [TypedText(), TypedText(lines=True, optional=True)])
@given(text=st.text(max_size=5))
def test_the_document_shows_the_same_rule(mark: TypedText, text: str) -> None:
    """The pattern in OpenAPI takes what the check takes."""
    try:
        mark.check(text)
        is_good = True
    except PydanticCustomError:
        is_good = False
    assert (re.search(mark.pattern.replace("$", r"\Z"), text) is not None) is is_good
