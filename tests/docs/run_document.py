"""Executes the code of one Markdown document, top to bottom. Run as a script, in a fresh Python.

Blocks of `python` that start with `# name.py` become modules; others run in one namespace;
`pycon` blocks are doctests in that namespace, and so is what a block of `console` shows of
`$ singletable explain --design ...`.
"""

from __future__ import annotations

import doctest
import importlib
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from singletable.cli.main import main as run_command

_BLOCK = re.compile(r"^```(python|pycon)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MODULE = re.compile(r"# (\w+)\.py\n")
_OPTIONS = doctest.ELLIPSIS
_EXPLANATION = re.compile(
    r"^```console\n(\$ singletable explain --design .*?)^```$", re.MULTILINE | re.DOTALL
)
_COMMAND = re.compile(r"^\$ singletable (.*)$", re.MULTILINE)


def main(document: Path) -> int:
    text = _EXPLANATION.sub(example_of, document.read_text())
    folder = tempfile.mkdtemp()
    sys.path.insert(0, folder)
    namespace: dict[str, Any] = {"__name__": "__main__", "run_command": run_command}
    failures = blocks = 0
    for found in _BLOCK.finditer(text):
        blocks += 1
        line = text[: found.start()].count("\n") + 1
        failures += run_block(found[1], found[2], namespace, Path(folder), f"{document}:{line}")
    sys.stdout.write(f"{document}: {blocks} blocks, {failures} failures\n")
    return 1 if failures or not blocks else 0


def example_of(explanation: re.Match[str]) -> str:
    """The doctest that a block of commands and what they print stands for."""
    shown = explanation[1].replace("\n\n", "\n<BLANKLINE>\n")
    calls = _COMMAND.sub(lambda found: f">>> _ = run_command({found[1].split()})", shown)
    return f"```pycon\n{calls}```"


def run_block(kind: str, code: str, namespace: dict[str, Any], folder: Path, where: str) -> int:
    if kind == "pycon":
        return run_examples(code, namespace, where)
    if module := _MODULE.match(code):
        (folder / f"{module[1]}.py").write_text(code)
        importlib.invalidate_caches()
        importlib.import_module(module[1])
        return 0
    exec(compile(code, where, "exec"), namespace)  # noqa: S102 - running documents is the point
    return 0


def run_examples(code: str, namespace: dict[str, Any], where: str) -> int:
    examples = doctest.DocTestParser().get_doctest(code, namespace, where, where, 0)
    examples.globs = namespace
    runner = doctest.DocTestRunner(optionflags=_OPTIONS)
    runner.run(examples, clear_globs=False)
    return runner.summarize(verbose=False).failed


if __name__ == "__main__":
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "testing")
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "testing")
    sys.exit(main(Path(sys.argv[1])))
