"""Lines are cut as they are sent, wherever the pieces of an object end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.services.objects import LONGEST_LINE, PIECE, Line, Read, lines, pieces

CHARACTERS = st.binary(max_size=40).map(lambda text: text.replace(b"\x00", b"\n"))


def of(whole: bytes, piece: int = 7) -> Read:
    return lambda start, size: whole[start : start + min(size, piece)]


def expected(whole: bytes) -> list[tuple[int, bytes]]:
    """As Python splits them, by number; blank ones are left out."""
    return [(at, text) for at, text in enumerate(whole.split(b"\n"), start=1) if text.strip()]


@given(whole=CHARACTERS, piece=st.integers(1, 50))
def test_lines_are_what_stands_between_line_feeds(whole: bytes, piece: int) -> None:
    """Counted from 1 on with the blank ones, each with the offset behind it."""
    found = list(lines(of(whole, piece), 0, 0))
    assert [(line.number, line.text) for line in found] == expected(whole)
    for line in found:
        assert whole[: line.end].endswith((line.text or b"") + b"\n") or line.end == len(whole)
        assert whole[: line.end].rstrip(b"\n").count(b"\n") <= line.number


@given(whole=CHARACTERS, piece=st.integers(1, 50), data=st.data())
def test_one_goes_on_behind_any_line(whole: bytes, piece: int, data: st.DataObject) -> None:
    """The rest is the same as if one had never stopped."""
    found = list(lines(of(whole, piece), 0, 0))
    at = data.draw(st.integers(0, len(found)))
    start, before = (found[at - 1].end, found[at - 1].number) if at else (0, 0)
    assert list(lines(of(whole, piece), start, before)) == found[at:]


def test_what_is_too_long_is_counted_and_not_kept() -> None:
    """The longest is taken; the next line is found wherever it begins."""
    longest = b"x" * LONGEST_LINE
    whole = longest + b"\n" + longest + b"y\nz"
    found = list(lines(of(whole, 65_536), 0, 0))
    assert found == [
        Line(1, longest, LONGEST_LINE + 1),
        Line(2, None, 2 * LONGEST_LINE + 3),
        Line(3, b"z", len(whole)),
    ]


def test_pieces_are_asked_for_one_after_the_other() -> None:
    """Never more than one at a time, and none twice."""
    asked = list[tuple[int, int]]()

    def read(start: int, size: int) -> bytes:
        asked.append((start, size))
        return b"abcd"[start : start + 3]

    assert list(pieces(read, 1)) == [b"bcd"]
    assert asked == [(1, PIECE), (4, PIECE)]
