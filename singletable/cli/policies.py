"""`singletable policy`: the IAM policy that some patterns need, and nothing more."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping

from singletable.cli.functions import patterns_of, table_actions_of, words_of
from singletable.cli.project import Project
from singletable.cli.splice import is_spliced, splice, splice_options
from singletable.cli.usage import PolicyTooLarge, UsageError
from singletable.emit.data_text import RawExpression, Text, intrinsic, yaml_text
from singletable.emit.iam.policy import INLINE, MANAGED, Statement, policy, policy_size, statements

JSON, CLOUDFORMATION = FORMATS = ("json", "cloudformation")
_TABLE = RawExpression("!GetAtt Table.Arn")


def policy_options(parser: ArgumentParser) -> None:
    """The options of the command."""
    add = parser.add_argument
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--patterns", metavar="A,B", help="names or globs, with commas between them")
    whose.add_argument("--function", metavar="NAME", help="of [tool.singletable.functions]")
    add("--format", choices=FORMATS, default=JSON, help="a whole policy (default), or statements")
    add(
        "--table-arn",
        metavar="ARN",
        help=f"the table's (default: the declared name in any region; in {CLOUDFORMATION},"
        f" where it may be an expression, {_TABLE.text})",
    )
    add("--managed", action="store_true", help=f"it may have {MANAGED} characters, not {INLINE}")
    splice_options(parser, "policy NAME")


def policies(options: Namespace) -> int:
    """Prints, writes or checks a policy; `PolicyTooLarge` if IAM would not take it."""
    project = Project.of(options)
    made = _statements(project, options)
    size, limit = policy_size(made), MANAGED if options.managed else INLINE
    if size > limit:
        raise PolicyTooLarge(f"the policy has {size} characters; IAM takes {limit}")
    if is_spliced(options):
        if options.function is None or options.format != CLOUDFORMATION:
            raise UsageError(f"files hold policies of a --function, in --format {CLOUDFORMATION}")
        return splice(options, f"policy {options.function}", yaml_text(made))
    if options.format == JSON:
        print(json.dumps(policy(made), indent=2, ensure_ascii=False))
    else:
        print(yaml_text(made), end="")
    return 0


def _statements(project: Project, options: Namespace) -> list[Statement]:
    named: str | None = options.patterns
    words = words_of(project, options.function) if named is None else named.split(",")
    patterns, actions = patterns_of(project, words), table_actions_of(words)
    if not patterns and not actions:
        raise UsageError(f"{options.function} asks nothing, so there is nothing to allow")
    try:
        return statements(_arns(project, options), patterns, actions)
    except ValueError as error:
        raise UsageError(f"--table-arn: {error}") from None


def _arns(project: Project, options: Namespace) -> Mapping[str, Text]:
    """The ARN of each table of the design."""
    if options.format == JSON and options.table_arn is None:
        return {each.name: f"arn:aws:dynamodb:*:*:table/{each.name}" for each in project.tables}
    return {project.table.name: _arn(options)}


def _arn(options: Namespace) -> Text:
    if options.table_arn is None:
        return _TABLE
    expression = intrinsic(options.table_arn)
    if expression is not None and options.format == JSON:
        raise UsageError(
            f"{options.table_arn} is an expression; it goes with --format {CLOUDFORMATION}"
        )
    if expression is None and ":table/" not in options.table_arn:
        raise UsageError(
            f"--table-arn: {options.table_arn} is no table's, which has `:table/` in it"
        )
    return expression or options.table_arn
