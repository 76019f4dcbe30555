"""HTTP/1.1 as it may arrive: in any pieces, with or without a length, whole or not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singletable.transport.lean.answers import Answer, AnswerReader, BrokenAnswer

BODY = b'{"Item": {"name": {"S": "\r\n\r\nHTTP/1.1 200 OK"}}}'
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
CHUNKED = b"transfer-encoding: chunked\r\n"
OK = b"HTTP/1.1 200 OK\r\n"


def chunks(body: bytes, size: int) -> bytes:
    """The body in chunks, with an extension and a trailer."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    framed = b"".join(b"%x;x=y\r\n%b\r\n" % (len(part), part) for part in parts)
    return framed + b"0\r\nTrailer: x\r\n\r\n"


WHOLE: dict[str, tuple[bytes, bool]] = {
    "a length": (OK + LENGTH + b"\r\n" + BODY, True),
    "odd headers": (b"http/1.1 200\r\nX:y\r\n" + LENGTH.upper() + b"\r\n" + BODY, True),
    "it closes": (OK + LENGTH + b"Connection: Close\r\n\r\n" + BODY, False),
    "an old server": (b"HTTP/1.0 200 OK\r\n" + LENGTH + b"\r\n" + BODY, False),
    "announced": (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + LENGTH + b"\r\n" + BODY, True),
    "chunks": (OK + CHUNKED + b"\r\n" + chunks(BODY, 7), False),
    "a chunk": (OK + CHUNKED + LENGTH + b"\r\n" + chunks(BODY, 100), False),
}


def read(pieces: list[bytes]) -> Answer | None:
    reader = AnswerReader()
    for at, piece in enumerate(pieces):
        answer = reader.feed(piece)
        if answer is not None:
            assert at == len(pieces) - 1
            return answer
    return None


@given(st.sampled_from(sorted(WHOLE)), st.lists(st.integers(1, 200), unique=True))
def test_an_answer_is_the_same_in_whatever_pieces(kind: str, cuts: list[int]) -> None:
    """Of one byte or more."""
    whole, stays_open = WHOLE[kind]
    ends = sorted({*(cut for cut in cuts if cut < len(whole)), len(whole)})
    pieces = [whole[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    answer = read(pieces)
    assert answer is not None
    assert (answer.status, answer.body, answer.stays_open) == (200, BODY, stays_open)


@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_a_part_of_an_answer_is_none(kind: str, data: st.DataObject) -> None:
    """And where the connection ends with it, it is broken."""
    whole, _ = WHOLE[kind]
    reader = AnswerReader()
    assert reader.feed(whole[: data.draw(st.integers(1, len(whole) - 1))]) is None
    with pytest.raises(BrokenAnswer):
        reader.end()


def test_a_body_without_a_length_ends_with_the_connection() -> None:
    """As servers of old answer."""
    reader = AnswerReader()
    assert reader.feed(OK + b"x: y\r\n\r\n" + BODY[:5]) is None
    assert reader.feed(BODY[5:]) is None
    assert reader.end() == Answer(200, b"http/1.1 200 ok\r\nx: y\r\n", BODY, stays_open=False)


def test_what_comes_after_an_answer_ends_the_connection() -> None:
    """It is no answer to anything that will be asked."""
    answer = read([OK + LENGTH + b"\r\n" + BODY + b"HTTP/1.1 200 OK"])
    assert answer is not None
    assert (answer.body, answer.stays_open) == (BODY, False)


@pytest.mark.parametrize(
    "broken",
    [
        b"<html>\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 2x0 OK\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        OK + b"Content-Length: -1\r\n\r\n",
        OK + b"Content-Length: 1e3\r\n\r\n",
        OK + b"Content-Length: 99999999999\r\n\r\n",
        OK + CHUNKED + b"\r\nxyz\r\n",
        OK + CHUNKED + b"\r\n-5\r\n",
        b"x" * 70_000,
    ],
)
def test_what_is_no_answer_is_broken(broken: bytes) -> None:
    """Whatever stands behind the port."""
    with pytest.raises(BrokenAnswer):
        AnswerReader().feed(broken)


def test_headers_are_found_by_whole_names() -> None:
    """In any case of letters; a name within another one is not it."""
    answer = read([OK + b"not-date: 1\r\nDATE:  Mon \r\nContent-Length: 0\r\n\r\n"])
    assert answer is not None
    assert answer.header(b"date") == b"mon"
    assert answer.header(b"at") is None


def test_no_content_has_no_body() -> None:
    """Nor a length."""
    answer = read([b"HTTP/1.1 204 No Content\r\n\r\n"])
    assert answer == Answer(204, b"http/1.1 204 no content\r\n", b"", stays_open=True)
