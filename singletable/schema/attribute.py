"""One stored attribute of an entity: how its field is validated and encoded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from typing import Final, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from singletable.annotations import accepts_symbol, core_type, type_name
from singletable.codec import MISSING, AttributeValue, Coder
from singletable.codec.wire import is_mapping
from singletable.errors.request import InvalidItem, UnstorableValue
from singletable.formats import Format
from singletable.records import record
from singletable.tracing import Symbol, symbol_of

_GATHERED: Final[Mapping[type, tuple[type, ...]]] = {list: (list, Sequence), set: (set,)}
"""The annotations of a list and of a set whose elements may be arguments."""
NOT_SETTLED = "its validators change it once more when it is read: what is stored would not be that"


@record
class Attribute:
    """An attribute: `stored` is its name in DynamoDB; `required`: the model gives it no default.

    `implied`: what an item that lacks the attribute is read as, where a default says so.
    `instants`: the table's format of moments that declare none.
    `in_key`: there is no such attribute: the text of a key has the value.
    """

    entity: str
    field: str
    stored: str
    annotation: object
    coder: Coder
    format: Format | None
    required: bool
    implied: AttributeValue | None
    check: Callable[[object], object]
    instants: Format | None = None
    in_key: bool = False

    def validate(self, value: object) -> object:
        """Validates a value as the model does; `InvalidItem` if the model refuses it."""
        if isinstance(value, Symbol):
            return self.bind(value)
        if self.coder.is_rebuilt:
            value = _with_symbols(value)
            if isinstance(value, Symbol):
                return self.bind(value)
        if type(value) in _GATHERED and self._takes_symbols(cast("Collection[object]", value)):
            return value
        checked = self._run(value)
        if self.coder.is_rebuilt or not (type(checked) is type(value) and is_equal(checked, value)):
            self._check_settled(checked)
        return checked

    def _run(self, value: object) -> object:
        try:
            return self.check(value)
        except ValidationError as error:
            problems = _inner_argument(self.field, value) or describe(error)
            raise InvalidItem(entity=self.entity, problems=problems) from None
        except Exception as error:
            raise InvalidItem(
                entity=self.entity,
                problems=f"{self.field}: its validator raises {show_error(error)};"
                " here it sees this field alone",
            ) from error

    def _check_settled(self, checked: object) -> None:
        """Checks that the validated value, read from its stored form, is validated as itself."""
        wire = self.encode(checked)
        if self.encode(self._run(self.load(wire))) != wire:
            raise InvalidItem(entity=self.entity, problems=f"{self.field}: {NOT_SETTLED}")

    def load(self, wire: AttributeValue | None) -> object:
        """Decodes the stored form of a value; None where nothing is stored."""
        try:
            return copy(self.coder.absent) if wire is None else self.coder.decode(wire)
        except ValueError:
            problems = f"{self.field}: its stored form could not be read again"
            raise InvalidItem(entity=self.entity, problems=problems) from None

    def is_same(self, one: object, other: object) -> bool:
        """Whether two values are stored alike; the first may be one that cannot be stored."""
        if one is other or (not self.coder.is_rebuilt and is_equal(one, other)):
            return True
        wire = self.encode(other)
        try:
            return self.encode(one) == wire
        except UnstorableValue:
            return False

    def bind(self, symbol: Symbol) -> Symbol:
        """Checks that the declared type of a symbol is this attribute's."""
        self._check_argument(f"{self.field} is", self.annotation, symbol)
        return symbol

    def _takes_symbols(self, elements: Collection[object]) -> bool:
        """Checks the types of symbols that are the elements of a list or set of this attribute."""
        symbols = [each for each in elements if isinstance(each, Symbol)]
        kind = core_type(self.annotation)
        if not symbols or get_origin(kind) not in _GATHERED[type(elements)]:
            return False
        for each in symbols:
            self._check_argument(f"an element of {self.field} is", get_args(kind)[0], each)
        return len(symbols) == len(elements)

    def _check_argument(self, what: str, annotation: object, symbol: Symbol) -> None:
        if not accepts_symbol(annotation, symbol.annotation):
            given = f"argument {symbol!r} is {type_name(symbol.annotation)}"
            problems = f"{what} {type_name(annotation)}, but {given}"
            raise InvalidItem(entity=self.entity, problems=problems)

    def encode(self, value: object) -> AttributeValue | None:
        """Encodes a value in wire form; None where nothing is stored."""
        return self.coder.encode(value)


def _with_symbols(value: object) -> object:
    """The value with one symbol for an argument that is a model, or an element of a list."""
    if isinstance(value, BaseModel):
        symbol = symbol_of(value)
        return value if symbol is None else symbol
    if type(value) is not list:
        return value
    elements = cast("list[object]", value)
    if not any(isinstance(each, BaseModel) for each in elements):
        return elements
    return [_with_symbols(each) for each in elements]


def default_form(
    kind: type[object], info: FieldInfo, coder: Coder, check: Callable[[object], object]
) -> AttributeValue | None:
    """The stored form of a constant default that an absent attribute is read as.

    Constant is also the empty list or dict that a factory makes. None where there is none, and
    where absence has a meaning of its own: None, or the empty set.
    """
    factory: object = info.default_factory
    is_constant = (get_origin(factory) or factory) in (None, list, dict)
    if info.is_required() or not is_constant or coder.absent is not MISSING:
        return None
    default = info.get_default(call_default_factory=True)
    return coder.encode(check(default) if validates_default(kind, info) else default)


def validates_default(kind: type[object], info: FieldInfo) -> bool:
    """Whether Pydantic validates the default: by the field's own word, else the configuration's."""
    own = info.validate_default
    config: Mapping[str, object] = getattr(kind, "model_config", {})
    return bool(config.get("validate_default") if own is None else own)


def is_equal(one: object, other: object) -> bool:
    """Whether two values are equal; values that cannot be compared are not."""
    try:
        return one is other or bool(one == other)
    except Exception:  # noqa: BLE001 (a class of the user's may raise anything)
        return False


def _inner_argument(field: str, value: object) -> str:
    """What is wrong with a value that an argument stands in; empty where none does."""
    parts = value.values() if is_mapping(value) else value
    within = cast("Collection[object]", parts if isinstance(parts, Collection) else ())
    symbol = next((each for each in within if isinstance(each, Symbol)), None)
    if symbol is None:
        return ""
    return f"{field}: argument {symbol!r} stands in its value, which has to be one argument"


def show_error(error: Exception) -> str:
    """The error as text; its class alone where it has none."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 (a class of the user's may raise anything)
        return type(error).__name__


def describe(error: ValidationError) -> str:
    """Lists every problem with its place, without the values: they may be secret."""
    problems = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(
        f"{'.'.join(map(str, problem['loc'])) or 'the item'}: {problem['msg']}"
        for problem in problems
    )
