"""Items in files: exports to S3, answers of the AWS command line, a line or an array of JSON."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from singletable.cli.usage import UsageError
from singletable.codec.wire import is_list, is_mapping
from singletable.design.parsing import Unreadable, parse_json, read_text

_WHOLE = ("Items", "Item")
_MANIFEST = "manifest-"
"""Begins the names of the files of an export that say what is in it."""


def read_items(path: Path) -> Iterator[dict[str, Any]]:
    """The items of a file, or of all files of a folder, in DynamoDB's JSON.

    `UsageError` names the file and the line of what is none.
    """
    if not path.exists():
        raise UsageError(f"there is no {path}")
    files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    wanted = [
        each
        for each in files
        if each.suffix in (".gz", ".json", ".jsonl") and not each.name.startswith(_MANIFEST)
    ]
    if not wanted:
        raise UsageError(f"{path} has no file of items (.json, .jsonl, .gz)")
    for each in wanted:
        with _opened(each) as lines:
            try:
                yield from _items(each, lines)
            except UnicodeDecodeError as error:
                raise UsageError(f"{each} is no UTF-8 text, at byte {error.start}") from None
            except (EOFError, gzip.BadGzipFile, zlib.error):
                raise UsageError(f"{each} is no whole file of gzip") from None


def table_of_export(path: Path) -> str | None:
    """The name of the table that was exported; None for what is no folder of an export."""
    for folder in (path, path.parent):
        try:
            found = parse_json(read_text(folder / f"{_MANIFEST}summary.json"))
        except Unreadable:
            continue
        arn = found.get("tableArn") if is_mapping(found) else None
        return arn.rpartition("/")[2] or None if isinstance(arn, str) else None
    return None


@contextmanager
def _opened(path: Path) -> Generator[IO[str]]:
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8-sig") as lines:
            yield cast(IO[str], lines)
    else:
        with path.open(encoding="utf-8-sig") as lines:
            yield lines


def _items(path: Path, lines: IO[str]) -> Iterator[dict[str, Any]]:
    """By lines, unless the first of them is no whole JSON: then the file is one."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found = parse_json(line)
        except Unreadable as error:
            if number > 1:
                clause = str(error).replace("line 1, ", "")
                raise UsageError(f"{path}, line {number}: {clause}") from None
            yield from _whole(path, line + lines.read())
            return
        yield from _unwrapped(found, f"{path}, line {number}")


def _whole(path: Path, text: str) -> Iterator[dict[str, Any]]:
    try:
        found = parse_json(text)
    except Unreadable as error:
        raise UsageError(f"{path}: {error}") from None
    yield from _unwrapped(found, str(path))


def _unwrapped(found: object, where: str) -> Iterator[dict[str, Any]]:
    """The items in what a program wrote around them."""
    if is_list(found):
        for at, each in enumerate(found):
            yield from _unwrapped(each, f"{where}, {at}")
        return
    if not is_mapping(found):
        raise UsageError(f"{where}: a {type(found).__name__}, and no item")
    inside = next(
        (found[name] for name in _WHOLE if name in found and not _is_value(found[name])), None
    )
    if inside is not None:
        yield from _unwrapped(inside, where)
        return
    wrong = next((name for name, value in found.items() if not _is_value(value)), None)
    if wrong is not None:
        raise UsageError(f"{where}: {wrong} is not in DynamoDB's JSON, such as {{'S': 'text'}}")
    yield dict(found)


def _is_value(value: object) -> bool:
    return is_mapping(value) and len(value) == 1 and next(iter(value)) in _TAGS


_TAGS = frozenset({"S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"})
