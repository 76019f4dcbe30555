"""Text that may contain the delimiter, at the end of a key: nothing follows that it could forge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from singletable import Entity, Query, Table, access_pattern, create, unique, update
from singletable.errors import (
    ContradictoryPattern,
    InvalidKeyValue,
    InvalidTemplate,
    KeyCollision,
    UniqueTaken,
)
from singletable.errors.declaration import DeclarationError
from singletable.formats import Text, lowered, shaped, text
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

files = Table("files")
gsi1 = files.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")

PathText = Annotated[str, text(delimiter=True)]


class File(Entity, table=files):
    """A file, whose path may contain anything."""

    drive: str
    path: PathText
    label: Annotated[str, lowered(delimiter=True)] | None = None
    size: int = 0

    key = files.primary.key("DRIVE#{drive}", "FILE#{path}")
    by_label = gsi1.key("LABEL#{label}", "FILE#{drive}#{path}")
    unique_label = unique("label", within="drive")


class Folder(Entity, table=files):
    """Beside them in a partition."""

    drive: str
    name: str

    key = files.primary.key("DRIVE#{drive}", "FOLDER#{name}")


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(files)


PATHS = ["a", "a#b", "a#b#", "#", "##a", "a/b#c", "FILE#a"]


def test_every_path_is_an_item_of_its_own(db: Backend) -> None:
    """And is read back as it was given, by key and by index."""
    for path in PATHS:
        db.repository.write(create(File(drive="c", path=path, label=f"L#{path}")))
    assert [each.path for each in db.repository.fetch(File.key.query(drive="c"))] == sorted(PATHS)
    for path in PATHS:
        found = db.repository.fetch(File.key.get(drive="c", path=path))
        assert found is not None
        assert (found.path, found.label) == (path, f"L#{path}")
        (by_label,) = db.repository.fetch(File.by_label.query(label=f"l#{path}"))
        assert by_label == found


def test_ranges_and_beginnings_go_into_it(db: Backend) -> None:
    for path in PATHS:
        db.repository.write(create(File(drive="c", path=path)))
    query = File.key.query(drive="c")
    for asked, expected in (
        (query.begins_with(path="a#"), ["a#b", "a#b#"]),
        (query.begins_with(path="#"), ["#", "##a"]),
        (query.at_least(path="a#b#"), ["a#b#", "a/b#c"]),
        (query.after(path="a#b"), ["a#b#", "a/b#c"]),
        (query.at_most(path="a#b"), ["#", "##a", "FILE#a", "a", "a#b", "a#b#"]),
        (query.before(path="a"), ["#", "##a", "FILE#a"]),
        (query.between(path=("#", "FILE")), ["#", "##a", "FILE#a"]),
    ):
        assert [each.path for each in db.repository.fetch(asked)] == expected


def test_what_stands_before_it_is_closed(db: Backend) -> None:
    """The first delimiter ends it: no value of it may have one."""
    db.repository.write(create(File(drive="c", path="d#e", label="x")))
    db.repository.write(create(File(drive="c2", path="d", label="x")))
    query = File.by_label.query(label="x", drive="c")
    assert [each.path for each in db.repository.fetch(query)] == ["d#e"]
    with raises(InvalidKeyValue, reason="separates"):
        db.repository.write(create(File(drive="c#d", path="e")))


def test_unique_values_are_kept_apart(db: Backend) -> None:
    one = db.repository.write(create(File(drive="c", path="1", label="a#b")))
    with pytest.raises(UniqueTaken):
        db.repository.write(create(File(drive="c", path="2", label="A#B")))
    db.repository.write(update(one, one.model_copy(update={"label": "a"})))
    db.repository.write(create(File(drive="c", path="2", label="a#b")))


IDENTITIES = st.tuples(st.text("a#/", min_size=1), st.text("a#/", min_size=1))


@given(IDENTITIES, IDENTITIES)
@example(("a", "b#c"), ("a#b", "c"))
def test_two_identities_never_share_a_key(one: tuple[str, str], other: tuple[str, str]) -> None:
    """Of all that have a key at all; and each is read from its own key."""
    keys = list[object]()
    for drive, path in (one, other):
        try:
            rendered = File.by_label.compiled.render({"label": "x", "drive": drive, "path": path})
        except InvalidKeyValue:
            return
        sort = File.by_label.compiled.sort[0]
        assert sort.parse(rendered["GSI1SK"]) == {"drive": drive, "path": path}
        keys.append(rendered["GSI1SK"])
    assert (keys[0] == keys[1]) == (one == other)


def in_the_middle(table: Table) -> None:
    class Wrong(Entity, table=table):
        """Something follows it."""

        path: PathText
        part: str
        key = table.primary.key("FILE#{path}#{part}", "FILE")


def before_literal_text(table: Table) -> None:
    class Wrong(Entity, table=table):
        """A literal follows it."""

        path: PathText
        key = table.primary.key("FILE#{path}#END", "FILE")


def in_a_scope(table: Table) -> None:
    class Wrong(Entity, table=table):
        """The unique value follows it."""

        path: PathText
        name: str
        key = table.primary.key("FILE#{path}", "FILE")
        unique_name = unique("name", within="path")


def beside_a_longer_key(table: Table) -> None:
    class Whole(Entity, table=table):
        """Anything."""

        path: PathText
        key = table.primary.key("FILE#{path}", "FILE")

    class Parted(Entity, table=table):
        """Two parts, which one path may be."""

        name: str
        part: str
        key = table.primary.key("FILE#{name}#{part}", "FILE")


def in_a_foreign_query(table: Table) -> None:
    class Whole(Entity, table=table):
        """Anything."""

        drive: str
        path: PathText
        key = table.primary.key("DRIVE#{drive}", "{path}")

    class Parted(Entity, table=table):
        """Another length tells it apart, but not from a query."""

        drive: str
        code: Annotated[str, shaped("[0-9]{4}", example="1234")]
        key = table.primary.key("DRIVE#{drive}", "{code}")


@pytest.mark.parametrize(
    ("declare", "error", "words"),
    [
        (in_the_middle, InvalidTemplate, "goes on after it"),
        (before_literal_text, InvalidTemplate, r"escaped_text\(\)"),
        (in_a_scope, InvalidTemplate, "goes on after it"),
        (beside_a_longer_key, KeyCollision, "e.g. 'FILE#A#A'"),
        (in_a_foreign_query, KeyCollision, "e.g."),
    ],
)
def test_what_it_could_be_taken_for_does_not_import(
    declare: Callable[[Table], None], error: type[DeclarationError], words: str
) -> None:
    with pytest.raises(error, match=words):
        declare(Table("files-refused"))


drives = Table("files-met")


class Whole(Entity, table=drives):
    """Anything, behind a literal."""

    drive: str
    path: PathText
    key = drives.primary.key("DRIVE#{drive}", "A#{path}")


class Broad(Entity, table=drives):
    """Sorts among the others."""

    drive: str
    name: Annotated[str, shaped("[a-z]+", example="a")]
    key = drives.primary.key("DRIVE#{drive}", "{name}")


def broad(drive: str) -> Query[Broad]:
    """Names up to one, and all that sorts before."""
    return Broad.key.query(drive=drive).at_most(name="b")


def test_a_query_that_could_meet_it_does_not_import() -> None:
    with raises(ContradictoryPattern, declared="A#"):
        access_pattern(broad)


def test_formats_say_so() -> None:
    assert text(delimiter=True) == Text(takes_delimiter=True)
    assert text(delimiter=True, lower=True).encode("A#B") == "a#b"
