"""Writes generated blocks into files that people edit, between two marker lines."""

from __future__ import annotations

import shlex
from argparse import ArgumentParser, Namespace
from pathlib import Path

from singletable.cli.files import check_files, write_files
from singletable.cli.usage import UsageError


def splice_options(parser: ArgumentParser, label: str) -> None:
    """Adds --write FILE and --check FILE, of which one may be given."""
    either = parser.add_mutually_exclusive_group()
    either.add_argument(
        "--write",
        metavar="FILE",
        help=f"put it between FILE's lines `# singletable:{label} begin` and `... end`",
    )
    either.add_argument(
        "--check", metavar="FILE", help="write nothing; exit code 1 if that block of FILE is stale"
    )


def is_spliced(options: Namespace) -> bool:
    return options.write is not None or options.check is not None


def splice(options: Namespace, label: str, block: str) -> int:
    """Writes or checks the block of this label in the file that the options name."""
    path = Path(options.write or options.check).resolve()
    wanted = {path: replace_block(_text(path), label, block, path.name)}
    if options.write:
        return write_files(wanted)
    return check_files(wanted, [], shlex.join(["singletable", *map(_mending_word, options.words)]))


def replace_block(text: str, label: str, block: str, where: str) -> str:
    """Replaces what is between the markers; `UsageError` unless each of them stands there once."""
    lines = text.splitlines(keepends=True)
    begin, end = (_only(lines, f"# singletable:{label} {word}", where) for word in ("begin", "end"))
    if end < begin:
        raise UsageError(f"{where}: the end of singletable:{label} stands before its beginning")
    indent, ending = _indent_of(lines[begin]), "\r\n" if lines[begin].endswith("\r\n") else "\n"
    inner = [f"{indent}{line}" if line else "" for line in block.splitlines()]
    return "".join([*lines[: begin + 1], *(line + ending for line in inner), *lines[end:]])


def _only(lines: list[str], marker: str, where: str) -> int:
    found = [at for at, line in enumerate(lines) if line.strip() == marker]
    if len(found) != 1:
        times = f"{len(found)} times" if found else "nowhere"
        raise UsageError(f"{where}: the line `{marker}` stands {times}; it must stand once")
    return found[0]


def _indent_of(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no UTF-8 text, at byte {error.start}") from None


def _mending_word(word: str) -> str:
    """Turns a word of a checking command line into that of one that writes."""
    option, equals, file = word.partition("=")
    return f"--write{equals}{file}" if option == "--check" else word
