"""docs/caching.md: what is shared in Redis, for how long, and what drops it. Made by running the
patterns as they were traced; asks neither Redis nor the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from access_patterns import blog
from app.adapters import redis
from app.adapters.read_cache import (
    LIFETIMES,
    MARK,
    PREFIX,
    TOKEN_SECONDS,
    VISIBILITY,
    VISIBLE_IF,
    tags_of_read,
    tags_of_write,
    tags_to_drop,
)
from app.services.limits import ATTEMPTS_PREFIX, REQUESTS_PREFIX
from model import Post
from singletable import inspect
from singletable.design.compile_operations import SYMBOLIC
from singletable.emit.docs.markdown import code, codes, page, table
from singletable.inspect import IndexPlace as Tag
from singletable.inspect import Pattern

_HEAD = """<!-- Made by scripts/app_docs.py from app/adapters/read_cache.py; edit that. -->
# What is shared in Redis

With `REDIS_URL`, instances share answers to questions whose answers are everyone's. One table in
`app/adapters/read_cache.py` names them; keys, tags and what drops a page follow from the patterns.
[Decision 21](decisions/0021-derived-cache.md) has the guarantee and what it costs. Without
`REDIS_URL` every question goes to the table; the log says so once.

## Keys"""


_KEYS = (
    (
        "page:<pattern>:public:<table>:<form>.<shape>:<digest>",
        "an answer, and the tokens that its tags had before it was read",
        "the pattern's time, less up to a fifth",
    ),
    (
        "tag:<table>:<digest>",
        f"a token, or a mark that begins with `{MARK}` while somebody writes",
        f"{TOKEN_SECONDS:g} s; a mark until its write has settled",
    ),
    (
        "tag:everything",
        "the token that every page has, dropped when something may have been missed",
        f"{TOKEN_SECONDS:g} s",
    ),
)


_DIGESTS = """`<shape>` is a fingerprint of the entity: another model has other pages. Digests are
made of arguments, limits and cursor (or of a tag's place) under a key made from `CURSOR_SECRET`;
they cannot be read back, nor tried out. A page counts only while all its tags have its tokens."""


_BESIDE = f"""## Beside the pages

`{redis.SESSIONS_PREFIX}:<digest>` holds an open session and its user, sealed (AES-256-GCM, a key
made from `CURSOR_SECRET`) with the moment at which the table was asked: for
`SESSION_CACHE_SECONDS` from then on, whoever is told it. Ending a session deletes the key; an
instance in which a session has ended believes no older answer, and where Redis is away, the bound
holds all the same.

`{ATTEMPTS_PREFIX}:<digest>` counts attempts, `{REQUESTS_PREFIX}:<digest>` requests, under digests
of who made them."""


_PUBLIC = """## Never

No other answer is kept than those to the questions above, and of those never: consistent reads
(callers who are known read consistently), posts that are not published, slugs whose post is not
published, answers without an item, answers of more than 256 KiB, answers that would not come back
the same. Whether an item is public is asked of the item, when it is kept and when it is read,
whoever asks."""


def caching_page() -> str:
    """The page as Markdown."""
    keys = [(code(f"{PREFIX}:{name}"), holds, lives) for name, holds, lives in _KEYS]
    shapes = table(("Key", "Holds", "Lives"), keys)
    questions = ["## Questions", *_questions()]
    parts = [_HEAD, shapes, _DIGESTS, *questions, *_writes(), _BESIDE, _PUBLIC, *_never()]
    return page(parts)


def _patterns() -> list[Pattern]:
    return [inspect.patterns(blog)[name] for name in sorted(LIFETIMES)]


def _questions() -> Iterator[str]:
    for pattern in _patterns():
        yield f"### {pattern.name}"
        yield pattern.question
        yield table(
            ("Fact", "Value"),
            [
                ("Key", code(_key(pattern))),
                ("Arguments", codes(each.name for each in pattern.parameters) or "none"),
                ("Lives", f"{LIFETIMES[pattern.name]:g} s at most"),
                ("Tags", codes(map(_shown, tags_of_read(pattern.operation)))),
                ("May be dropped by", codes(each.name for each in droppers(pattern))),
                ("Kept only if", _kept_if(pattern)),
            ],
        )


def _key(pattern: Pattern) -> str:
    return f"{PREFIX}:page:{pattern.name}:{VISIBILITY}:<table>:<form>.<shape>:<digest>"


def droppers(pattern: Pattern) -> list[Pattern]:
    """The writes that may drop a page of the pattern: they write where it reads."""
    read = {_kind(tag) for tag in tags_of_read(pattern.operation)}
    return [
        write
        for write in inspect.patterns(blog).values()
        if read & {_kind(tag) for tag in tags_of_write(write.operation, SYMBOLIC)}
    ]


def _kind(tag: Tag) -> tuple[str, str, int]:
    """An item's key is of another kind than a partition; the index as a whole is of a third."""
    return tag.entity, tag.index, len(tag.values)


def _shown(tag: Tag) -> str:
    place = " / ".join(map(str, tag.values)) or "as a whole"
    return f"{tag.entity}, {tag.index}: {place}"


def _kept_if(pattern: Pattern) -> str:
    model = _model(pattern)
    if model in VISIBLE_IF:
        return "the post that it leads to is published"
    return "every post in it is published" if model is Post else "something was found"


def _model(pattern: Pattern) -> type:
    (model,) = inspect.entities(pattern.operation)
    return model


def _writes() -> Iterator[str]:
    yield "## Writes"
    yield (
        "A write marks these tags before it is sent, and drops them after the commit. A write\n"
        "that cannot know in which partition of an index an item stood drops the index as a whole."
    )
    yield table(("Pattern", "Tags"), _write_rows())


def _write_rows() -> Iterator[Sequence[str]]:
    for name, pattern in inspect.patterns(blog).items():
        if tags := tags_to_drop(pattern.operation, SYMBOLIC):
            yield code(name), "; ".join(sorted(code(_shown(tag)) for tag in tags))


def _never() -> Iterator[str]:
    asked = [p for p in inspect.patterns(blog).values() if not inspect.writes(p.operation)]
    rows = [(code(p.name), p.question) for p in asked if p.name not in LIFETIMES]
    yield table(("Always asked of the table", "Question"), rows)
