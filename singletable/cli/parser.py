"""The commands, their options and their help. Runs nothing."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NoReturn

from singletable import __version__
from singletable.cli import (
    adopting,
    checking,
    completing,
    costing,
    creating,
    documents,
    drifting,
    evolving,
    explain,
    inferring,
    interchange,
    policies,
    starting,
    tables,
)
from singletable.cli.usage import UsageError
from singletable.errors.suggestions import did_you_mean

_MISUSED = 2


@dataclass(frozen=True)
class Command:
    """`run` answers the exit code; `options` adds to the command's own parser."""

    name: str
    help: str
    examples: tuple[str, ...]
    run: Callable[[Namespace], int]
    options: Callable[[ArgumentParser], None]


def parse(words: Sequence[str]) -> Namespace:
    """The options of a command line, and its `words`; without any, prints the help and exits.

    `UsageError` for what is no command.
    """
    parser, ordered = build_parser(), put_command_first(words)
    if not ordered:
        parser.print_help()
        parser.exit(_MISUSED)
    names = [command.name for command in COMMANDS]
    if ordered[0] not in names and not ordered[0].startswith("-"):
        raise UsageError(f"there is no command {ordered[0]!r}{did_you_mean(ordered[0], names)}")
    options, unknown = parser.parse_known_args(ordered)
    if unknown:
        raise UsageError(_unknown_text(ordered[0], unknown))
    options.words = list(words)
    return options


def _unknown_text(command: str, unknown: Sequence[str]) -> str:
    """Names what the command does not take, and the options that are close to the first of it."""
    known = [option for each in COMMANDS if each.name == command for option in _options_of(each)]
    close = get_close_matches(unknown[0].partition("=")[0], known, n=1)
    meant = f"; did you mean {close[0]}?" if close else ""
    return f"unrecognized arguments: {' '.join(unknown)}{meant} (see singletable {command} --help)"


class _Parser(ArgumentParser):
    """One that takes no abbreviations, which programs could not tell, and raises `UsageError`."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see {self.prog} --help")


def build_parser() -> ArgumentParser:
    """The parser of the whole command line; a parsed `command` is the command to carry out."""
    parser = _Parser(
        allow_abbrev=False,
        prog="singletable",
        description="Looks at a single-table DynamoDB design: documents, asks and deploys it.",
        epilog=_examples(tuple(command.examples[0] for command in COMMANDS)),
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"singletable {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        own = commands.add_parser(
            command.name,
            help=command.help,
            description=f"{command.help[0].upper()}{command.help[1:]}.",
            epilog=_examples(command.examples),
            formatter_class=RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        _add_options(own, command)
        own.set_defaults(command=command.run)
    return parser


def _completion(options: Namespace) -> int:
    return completing.completion(options, build_parser)


def _add_options(parser: ArgumentParser, command: Command) -> None:
    parser.add_argument(
        "--design",
        metavar="MODULE",
        help="a package that holds the design, or module:variable of one table",
    )
    command.options(parser)


def put_command_first(words: Sequence[str]) -> list[str]:
    """The words with the command in front of the options that are written before it."""
    names = {command.name for command in COMMANDS}
    valued, flags = _option_names()
    at = 0
    while at < len(words) and words[at].startswith("-"):
        is_flag = words[at] in flags and not names.isdisjoint(words[at + 1 : at + 2])
        at += 2 if words[at] in valued and not is_flag else 1
    if at >= len(words) or words[at] not in names:
        return list(words)
    return [words[at], *words[:at], *words[at + 1 :]]


def _option_names() -> tuple[set[str], set[str]]:
    """Of all commands, those that take a value, and those that take none; one may be in both."""
    valued, flags = set[str](), set[str]()
    for command in COMMANDS:
        for option, is_flag in _options_of(command).items():
            (flags if is_flag else valued).add(option)
    return valued, flags


def _options_of(command: Command) -> dict[str, bool]:
    """The options of a command, and whether each takes no value."""
    parser = ArgumentParser()
    _add_options(parser, command)
    return {
        option: action.nargs == 0 for action in parser._actions for option in action.option_strings
    }


def _examples(lines: tuple[str, ...]) -> str:
    return "examples:\n" + "\n".join(f"  singletable {line}" for line in lines)


def _docs(parser: ArgumentParser) -> None:
    _check(parser)
    parser.add_argument("--output", metavar="DIR", help="the folder (default: the project's docs)")
    parser.add_argument(
        "--errors", action="store_true", help="also the engine's errors.md and checks.md"
    )


def _golden(parser: ArgumentParser) -> None:
    _check(parser)
    parser.add_argument("--output", metavar="DIR", required=True, help="a folder for them alone")


def _check(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit code 1 if a file is stale"
    )


def _patterns(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="everything known of each")


def _explain(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("pattern", help="such as posts.by_id")
    add(
        "arguments",
        nargs="*",
        default=[],
        metavar="name=value",
        help="entities as JSON, or left out",
    )
    add("--example", action="store_true", help="examples for the arguments that are left out")
    add("--limit", type=_positive, metavar="N", help="a page of so many items")
    add(
        "--table",
        action="append",
        metavar="[DECLARED=]NAME",
        help="a table's real name (default: the declared one); one for each of several tables",
    )
    add("--json", action="store_true", help="data alone")
    add("--run", action="store_true", help="send it and print the items and what they cost")
    add("--endpoint", metavar="URL", help="with --run: such as http://localhost:8000")
    add("--region", help="with --run: the AWS region")
    add("--yes", action="store_true", help="with --run: writes are meant")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not 1 or more")
    return int(text)


COMMANDS = (
    Command(
        "init",
        "write a small design that runs, to begin with",
        ("init", "init shop"),
        starting.init,
        starting.init_options,
    ),
    Command(
        "docs",
        "write docs/access-patterns.md from the declarations",
        ("docs", "docs --check", "docs --output build/docs --design access_patterns"),
        documents.docs,
        _docs,
    ),
    Command(
        "patterns",
        "list the access patterns",
        ("patterns", "patterns --json"),
        explain.patterns,
        _patterns,
    ),
    Command(
        "explain",
        "show, or send, the requests of an access pattern",
        (
            "explain posts.published_in_category category_id=news",
            "explain posts.by_id --example --json",
            "explain posts.by_id post_id=... --run --endpoint http://localhost:8000",
        ),
        explain.explain,
        _explain,
    ),
    Command(
        "table",
        "print the table for CreateTable, CloudFormation or Terraform",
        (
            "table --name blog-dev > table.json",
            "table --format cloudformation --name '!Ref TableName' --write template.yaml",
            "table --format cloudformation --name '!Ref TableName' --check template.yaml",
            "table --format terraform",
        ),
        tables.table,
        tables.table_options,
    ),
    Command(
        "policy",
        "print the IAM policy of some access patterns, or of a function",
        (
            "policy --patterns posts.by_id,posts.views",
            "policy --function api --table-arn arn:aws:dynamodb:eu-west-1:123456789012:table/blog",
            "policy --function api --format cloudformation --write template.yaml",
        ),
        policies.policies,
        policies.policy_options,
    ),
    Command(
        "check",
        "prove a design sound, or show what breaks it",
        (
            "check",
            "check --fail-on note --verdicts",
            "check design.json --json",
            "check --statistics",
        ),
        checking.check,
        checking.check_options,
    ),
    Command(
        "cost",
        "compute units and dollars a month from volumes",
        ("cost", "cost --volumes volumes.toml --region us-east-1 --budget budget.toml"),
        costing.cost,
        costing.cost_options,
    ),
    Command(
        "infer",
        "make a design of stored items",
        (
            "infer items.json --description table.json > design.json",
            "infer items.json --description table.json --to shop.py",
            "infer export/data --partition PK --sort SK --index GSI1:GSI1PK:GSI1SK",
        ),
        inferring.infer,
        inferring.infer_options,
    ),
    Command(
        "adopt",
        "declare a table that there is, and report what of it can be read",
        (
            "adopt export/AWSDynamoDB/01700000000000-abcdef --to shop.py",
            "adopt items.json --description table.json --to shop.py",
            "adopt --table shop --region eu-central-1 --units 100 --to shop.py",
        ),
        adopting.adopt,
        adopting.adopt_options,
    ),
    Command(
        "export",
        "print the design in the format that check and import read",
        ("export --output design.json", "export > design.json"),
        interchange.export,
        interchange.export_options,
    ),
    Command(
        "import",
        "print a design of another tool in the format that check reads, or declare it in Python",
        ("import model.json > design.json", "import model.json --to shop.py"),
        interchange.import_,
        interchange.import_options,
    ),
    Command(
        "snapshot",
        "write the design as a file to commit, for diff",
        ("snapshot", "snapshot --check"),
        evolving.snapshot,
        evolving.snapshot_options,
    ),
    Command(
        "diff",
        "show what differs between two designs, and what it means",
        ("diff", "diff git:main", "diff old.json new.json --json"),
        evolving.diff,
        evolving.diff_options,
    ),
    Command(
        "create",
        "create the declared table, or see that it is there",
        (
            "create --endpoint http://localhost:8000 --table blog_local",
            "create --table blog-dev --region eu-west-1 --recovery on --protection on",
        ),
        creating.create,
        creating.create_options,
    ),
    Command(
        "drift",
        "compare a live table with its declaration",
        (
            "drift --table blog-prod --region eu-west-1",
            "drift --endpoint http://localhost:8000 --stream off --recovery off --protection off",
        ),
        drifting.drift,
        drifting.drift_options,
    ),
    Command(
        "golden",
        "write the example requests of every pattern, one JSON file each",
        ("golden --output tests/golden", "golden --check --output tests/golden"),
        documents.golden,
        _golden,
    ),
    Command(
        "completion",
        "print what makes a shell complete commands, options and files",
        ("completion bash > ~/.local/share/bash-completion/completions/singletable",),
        _completion,
        completing.completion_options,
    ),
)
