"""What stands between a repository and its transport sees everything, and may answer itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from singletable import Page, Query, Repository, create
from singletable.operations import Context, Operation
from singletable.repository import Execute
from tests.conftest import OpenBackend
from tests.singletable.shop import Product, Status, product, shop

R = TypeVar("R")


class Listening:
    """Executes what it is given, and remembers it."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []

    def __call__(self, operation: Operation[R], context: Context, execute: Execute) -> R:
        self.heard.append((type(operation).__name__, context.name_of(shop)))
        return execute(operation, context)


def test_every_operation_passes_through(open_moto: OpenBackend) -> None:
    """Reads, writes and each page of an iteration, with the table's real name."""
    backend = open_moto(shop)
    listening = Listening()
    repository = backend.repository.with_middleware(listening)
    repository.write(create(product()))
    repository.fetch(Product.key.get(product_id="lamp"))
    assert len(list(repository.iterate(Product.catalogue.query(status=Status.DRAFT)))) == 1
    assert listening.heard == [(each, backend.name) for each in ("Create", "Get", "Query")]


def test_the_repository_itself_stays_as_it_was(open_moto: OpenBackend) -> None:
    """Only what `with_middleware` returns has it."""
    backend = open_moto(shop)
    listening = Listening()
    backend.repository.with_middleware(listening)
    backend.repository.write(create(product()))
    assert listening.heard == []


def test_it_may_answer_without_the_table() -> None:
    """Nothing is sent then, and iterations end where its pages end."""

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        raise AssertionError(operation)

    def answering(operation: Operation[R], context: Context, execute: Execute) -> Any:
        query: Any = operation
        assert isinstance(query, Query)
        return Page((product(),), None if query.cursor else "more")

    repository = Repository(send, shop).with_middleware(answering)
    question = Product.catalogue.query(status=Status.DRAFT)
    assert list(repository.iterate(question)) == [product(), product()]


def test_one_that_is_added_later_comes_first() -> None:
    """What it passes on, the one before it is given; the repository in between stays as it was."""
    told: list[str] = []

    def saying(name: str, repeated: int = 1) -> Any:
        def middleware(operation: Operation[R], context: Context, execute: Execute) -> R:
            told.append(name)
            for _ in range(repeated - 1):
                execute(operation, context)
            return execute(operation, context)

        return middleware

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        told.append("sent")
        return {}

    inner = Repository(send, shop).with_middleware(saying("inner"))
    outer = inner.with_middleware(saying("outer", repeated=2))
    outer.fetch(Product.key.get(product_id="lamp"))
    assert told == ["outer", "inner", "sent", "inner", "sent"]
    inner.fetch(Product.key.get(product_id="lamp"))
    assert told[5:] == ["inner", "sent"]
