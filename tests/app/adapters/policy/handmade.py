"""Modules that speak OPA's binary interface and do as they are told, written by hand.

The address of a value is the address of its JSON text, so that dumping is the identity.
"""

from __future__ import annotations

import json

from wasmtime import wat2wasm

ENTRYPOINTS = {"fmweb/allow": 0, "actions/posts/visible": 1}
DENIES = "(i32.const 3072)"
LOOPS = "(loop $again (br $again)) (unreachable)"
TRAPS = "(unreachable)"
ABORTS = "(call $abort (i32.const 1024)) (unreachable)"
ALTERNATES = """(i32.store (i32.const 4096) (i32.add (i32.load (i32.const 4096)) (i32.const 1)))
  (if (result i32) (i32.and (i32.load (i32.const 4096)) (i32.const 1))
    (then (i32.const 5120)) (else (i32.const 3072)))"""

MODULE = """(module
  (import "env" "memory" (memory 2))
  (import "env" "opa_abort" (func $abort (param i32)))
  (global (export "opa_wasm_abi_version") i32 (i32.const 1))
  (global (export "opa_wasm_abi_minor_version") i32 (i32.const 2))
  (global $top (mut i32) (i32.const 8192))
  (data (i32.const 1024) "{entrypoints}\\00")
  (data (i32.const 2048) "{builtins}\\00")
  (data (i32.const 3072) "{answer}\\00")
  (data (i32.const 5120) "[{{\\"result\\": true}}]\\00{names}\\00")
  (func (export "opa_malloc") (param i32) (result i32)
    global.get $top (global.set $top (i32.add (global.get $top) (local.get 0))))
  (func (export "opa_free") (param i32))
  (func (export "opa_json_parse") (param i32 i32) (result i32) local.get 0)
  (func (export "opa_json_dump") (param i32) (result i32) local.get 0)
  (func (export "opa_heap_ptr_get") (result i32) global.get $top)
  (func (export "opa_heap_ptr_set") (param i32) (global.set $top (local.get 0)))
  (func (export "entrypoints") (result i32) i32.const 1024)
  (func (export "builtins") (result i32) i32.const 2048)
  (func (export "opa_eval") (param i32 i32 i32 i32 i32 i32 i32) (result i32)
    (if (i32.le_u (local.get 4) (i32.const 2)) (then (return (i32.const 3072))))
    {does}))
"""


def module(
    *,
    does: str = DENIES,
    answer: object = False,
    entrypoints: dict[str, int] = ENTRYPOINTS,
    builtins: dict[str, int] | None = None,
    names: str = "",
) -> bytes:
    """`answer` is given to an empty input; `does` is what happens for any other. `names`: what its
    rules look at."""
    text = MODULE.format(
        entrypoints=_text(entrypoints),
        builtins=_text(builtins or {}),
        answer=_text([{"result": answer}]),
        does=does,
        names=names,
    )
    return bytes(wat2wasm(text))


def _text(value: object) -> str:
    return json.dumps(value).replace('"', '\\"')
