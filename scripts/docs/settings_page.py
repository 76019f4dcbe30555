"""docs/settings.md: every environment variable."""

from __future__ import annotations

from app.core.settings.fields import SettingRow, setting_rows

_HEAD = """<!-- Made by scripts/app_docs.py from app/core/settings: edit those declarations. -->
# Settings

Every setting is an environment variable. An app that lacks one, or whose settings contradict each
other, does not start; it lists everything that is wrong, without showing secret values.

A secret marked "or reference" may instead say where in AWS its value is kept, and is read at start:
`aws-secretsmanager:<name or ARN>` or `aws-ssm:<name>`, with `#<key>` behind it if the value there
is a JSON object of which one text is meant. The app needs the right to read it: one of
`secretsmanager:GetSecretValue` and `ssm:GetParameter`, and `kms:Decrypt` for a key of your own.

| Variable | Meaning | Default | Required | Secret |
| --- | --- | --- | --- | --- |
"""


def settings_page() -> str:
    """The page as Markdown."""
    return _HEAD + "".join(map(_line, setting_rows()))


def _line(row: SettingRow) -> str:
    names = " or ".join(f"`{name}`" for name in row.names)
    secret = ("yes, or reference" if row.may_be_reference else "yes") if row.secret else ""
    return f"| {names} | {row.meaning} | {row.default} | {row.required} | {secret} |\n"
