"""A bundle that is not whole is refused at start, with where, what and the remedy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.adapters.opa import WasmPolicy
from app.services.policy import PolicyUnusable
from tests.app.adapters.policy import handmade

if TYPE_CHECKING:
    from .conftest import Folder


def refusal(path: Path) -> str:
    with pytest.raises(PolicyUnusable) as caught:
        WasmPolicy.load(path)
    return str(caught.value)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """With the setting that points to it."""
    said = refusal(tmp_path / "nowhere")
    assert said.startswith(f"{tmp_path / 'nowhere'}: there is no such folder. ")
    assert "OPA_BUNDLE_PATH" in said


@pytest.mark.parametrize("name", ["policy.wasm", "data.json", "policy.sha256"])
def test_a_missing_file_is_named(folder: Folder, name: str) -> None:
    """Each of the three has to be there."""
    (folder.path / name).unlink()
    said = refusal(folder.path)
    assert said.startswith(f"{folder.path / name}: it cannot be read (No such file or directory). ")
    assert "scripts/build_policy.sh" in said


@pytest.mark.parametrize("name", ["policy.wasm", "data.json"])
def test_a_changed_file_is_refused(folder: Folder, name: str) -> None:
    """A byte more is another file than the one that was hashed."""
    path = folder.path / name
    path.write_bytes(path.read_bytes() + b" ")
    assert f"{path}: its SHA-256 is not the one in policy.sha256" in refusal(folder.path)


@pytest.mark.parametrize("hashes", [b"", b"\xff\xfe", b"policy.wasm\n", b"  policy.wasm\n"])
def test_a_file_without_a_hash_is_refused(folder: Folder, hashes: bytes) -> None:
    """No line, or a broken one, is no match."""
    (folder.path / "policy.sha256").write_bytes(hashes)
    assert "its SHA-256 is not the one" in refusal(folder.path)


@pytest.mark.parametrize("content", [b"", b"not wasm", b"\x7fELF"])
def test_what_is_no_webassembly_is_refused(folder: Folder, content: bytes) -> None:
    """Although its hash is right."""
    folder.write("policy.wasm", content)
    assert "policy.wasm: it is not WebAssembly" in refusal(folder.path)


@pytest.mark.parametrize("size", [8, 100, 50_000])
def test_a_truncated_module_is_refused(folder: Folder, size: int) -> None:
    """It begins like WebAssembly, and is no policy."""
    folder.write("policy.wasm", (folder.path / "policy.wasm").read_bytes()[:size])
    assert "policy.wasm: it is not a policy that can be run" in refusal(folder.path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "json"),
        (b"{", "json"),
        (b"\xff", "utf-8"),
        (b'{"grants": NaN}', "number"),
        (b'{"grants": {}, "grants": {}}', "duplicate"),
        (b"[]", "object"),
        (b"null", "object"),
    ],
)
def test_broken_data_is_refused(folder: Folder, content: bytes, reason: str) -> None:
    """The data document is one JSON object."""
    folder.write("data.json", content)
    assert f"data.json: it is not a JSON object ({reason})" in refusal(folder.path)


def test_a_missing_entrypoint_is_named(folder: Folder) -> None:
    """Both questions must have an answer."""
    folder.write("policy.wasm", handmade.module(entrypoints={"fmweb/allow": 0}))
    assert "it has no entrypoint actions/posts/visible" in refusal(folder.path)


def test_a_builtin_that_nobody_provides_is_named(folder: Folder) -> None:
    """It would fail only when a rule reached it."""
    needed = {"http.send": 0, "time.now_ns": 1, "sprintf": 2}
    folder.write("policy.wasm", handmade.module(builtins=needed))
    assert "builtins that this host does not have: http.send, time.now_ns." in refusal(folder.path)


@pytest.mark.parametrize("answer", [True, 1, "false", None, []])
def test_a_policy_that_does_not_deny_nothing_is_refused(folder: Folder, answer: object) -> None:
    """To an empty question the only answer is false."""
    folder.write("policy.wasm", handmade.module(answer=answer))
    assert "it does not deny an empty question" in refusal(folder.path)


def test_data_that_the_policy_cannot_hold_is_refused(folder: Folder) -> None:
    """What does not fit into an instance's memory fails at start, not at the first question."""
    folder.write("data.json", b'{"grants": "' + b"x" * 9_000_000 + b'"}')
    assert "it fails when it is asked" in refusal(folder.path)


def test_the_committed_policy_needs_nothing_of_its_host(folder: Folder) -> None:
    """A whole bundle loads."""
    WasmPolicy.load(folder.path).close()
