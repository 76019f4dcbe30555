"""Which routes and workers ask which access patterns, read from their code. Calls none of it."""

from __future__ import annotations

import builtins
import dis
import inspect
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property, partial
from operator import itemgetter
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any, cast

from fastapi.routing import APIRoute

from access_patterns import blog
from app.api.guards.permission import Guarding
from app.api.kit.openapi import calls_of
from app.main import ROUTERS
from app.services.audit import is_audited
from app.services.jobs import worker
from app.services.jobs.holding import WorkerDependencies
from app.services.posts import schedule
from singletable.inspect import patterns as patterns_of
from singletable.inspect import writes

WORKERS: Mapping[str, tuple[object, ...]] = {
    "app.worker": (worker.work, WorkerDependencies, schedule.publish_due)
}
"""By the module of its handler, what each is made of."""


_PACKAGE = "app"


ENTRY = "audit.record"


_GLOBAL = frozenset({"LOAD_GLOBAL", "LOAD_NAME"})


_WRAPPERS: tuple[type[object], ...] = (
    classmethod,
    staticmethod,
    property,
    cached_property,
    MethodType,
    partial,
)


_ATTRIBUTE = frozenset({"LOAD_ATTR", "LOAD_METHOD"})


def callers() -> dict[str, list[str]]:
    """Pattern name → captions of routes: `{"posts.by_id": ["GET /v1/posts/{post_id}"]}`.

    A route calls what its endpoint and dependencies refer to, through any functions and
    classes of `app`. A worker is named by its module: `app.worker`.
    """
    patterns = patterns_of(blog)
    names = {id(pattern.function): name for name, pattern in patterns.items()}
    found: dict[str, list[str]] = {name: [] for name in sorted(patterns)}
    for caption, roots in sorted(_callers(), key=itemgetter(0)):
        reached = {names[id(each)] for each in _reached(roots) if id(each) in names}
        for name in _with_entries(reached):
            found[name].append(caption)
    return {name: captions for name, captions in found.items() if captions}


def _callers() -> Iterator[tuple[str, list[object]]]:
    """Captions, and what each begins with."""
    for caption, route in _routes():
        yield caption, list(calls_of(route.dependant))
    for name, parts in WORKERS.items():
        yield name, list(parts)


def _with_entries(reached: set[str]) -> set[str]:
    """The entries of writes are no route's own: what stands before its repository adds them."""
    patterns = patterns_of(blog)
    writing = {name for name in reached if writes(patterns[name].operation)}
    return reached | {ENTRY} if any(map(is_audited, writing)) else reached


def _routes() -> Iterator[tuple[str, APIRoute]]:
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute):
                yield from (
                    (f"{method} {route.path_format}", route) for method in route.methods or ()
                )


def _reached(roots: Iterable[object]) -> list[object]:
    """Everything that these may call, each once."""
    seen = dict[int, object]()
    waiting = list(roots)
    while waiting:
        each = waiting.pop()
        if id(each) not in seen:
            seen[id(each)] = each
            waiting.extend(_parts(each))
    return list(seen.values())


def _parts(thing: Any) -> Iterator[object]:
    """What a function refers to, and what a class, a container or a wrapper holds."""
    match thing:
        case FunctionType() if _is_ours(thing):
            yield from _references_of(inspect.unwrap(thing))
        case type() if _is_ours(thing):
            yield from vars(thing).values()
        case Mapping():
            yield from cast(Mapping[object, object], thing).values()
        case tuple() | list() | frozenset():
            yield from cast(Iterable[object], thing)
        case Guarding():
            yield type(thing)
        case _ if isinstance(cast(object, thing), _WRAPPERS):
            yield from (getattr(thing, name, None) for name in ("__func__", "fget", "func", "args"))
        case _:
            pass


def _is_ours(thing: type | FunctionType) -> bool:
    return thing.__module__.partition(".")[0] == _PACKAGE


def _references_of(function: FunctionType) -> Iterator[object]:
    """Globals, and what the functions around it left to it."""
    yield from _references(function.__code__, function.__globals__)
    for cell in function.__closure__ or ():
        with suppress(ValueError):  # a cell that is still empty
            yield cell.cell_contents


def _references(code: CodeType, names: dict[str, object]) -> Iterator[object]:
    """The globals that code loads, followed through modules and classes: `categories.by_id`."""
    held: object = None
    for step in dis.get_instructions(code):
        if step.opname in _GLOBAL:
            held = names.get(step.argval, getattr(builtins, str(step.argval), None))
        elif step.opname in _ATTRIBUTE and isinstance(held, (ModuleType, type)):
            held = getattr(held, step.argval, None)
        else:
            held = None
        yield held
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _references(inner, names)
