"""docs/settings.md: every environment variable."""

from __future__ import annotations

from app.settings.rows import SettingRow, setting_rows

_HEAD = """<!-- Made by scripts/app_docs.py from app/settings; edit those declarations instead. -->
# Settings

Every setting is an environment variable. An app that lacks one, or whose settings contradict each
other, does not start; it lists everything that is wrong, without showing secret values.

| Variable | Meaning | Default | Required | Secret |
| --- | --- | --- | --- | --- |
"""


def settings_page() -> str:
    """The page as Markdown."""
    return _HEAD + "".join(map(_line, setting_rows()))


def _line(row: SettingRow) -> str:
    names = " or ".join(f"`{name}`" for name in row.names)
    default = "" if row.default == "``" else row.default
    secret = "yes" if row.secret else ""
    return f"| {names} | {row.meaning} | {default} | {row.required} | {secret} |\n"
