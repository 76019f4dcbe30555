"""Names of downloads are harmless, whatever their uploader called them."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.uploads import disposition, saved_as
from model import ContentType

FORM = re.compile(
    r"attachment; filename=\"[A-Za-z0-9._ -]+\"; filename\*=UTF-8''([A-Za-z0-9._~%-]+)"
)


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("photo.png", "photo.png"),
        ("Photo.PNG", "Photo.PNG"),
        ("photo", "photo.png"),
        ("setup.exe", "setup.exe.png"),
        ("page.png.html", "page.png.html.png"),
        (".htaccess", "htaccess.png"),
        ("...", "file.png"),
        (" \u200b ", "file.png"),
        ("a\u202egnp.exe", "agnp.exe.png"),
        ("a/b\\c.png", "a_b_c.png"),
        ("a\r\nX: y.png", "aX: y.png"),
        ("보고서.png", "보고서.png"),
    ],
)
def test_a_name_keeps_what_is_harmless(name: str, saved: str) -> None:
    """What is invisible or leads elsewhere goes; the ending fits the type."""
    assert saved_as(name, ContentType.PNG) == saved


@pytest.mark.parametrize("name", ["a.jpg", "a.jpeg", "a.JPG"])
def test_a_type_may_have_several_endings(name: str) -> None:
    """Each of them stays."""
    assert saved_as(name, ContentType.JPEG) == name


@given(name=st.text(st.characters(exclude_categories=["Cs"])), kind=st.sampled_from(ContentType))
def test_no_name_breaks_out_of_its_header(name: str, kind: ContentType) -> None:
    """Plain ASCII of one form, from which the name can be read again."""
    found = FORM.fullmatch(disposition(name, kind))
    assert found
    assert unquote(found[1]) == saved_as(name, kind)
