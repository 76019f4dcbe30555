"""The base class of entities: a Pydantic model whose class body declares its keys."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from inspect import (
    Signature,
    isasyncgenfunction,
    iscoroutinefunction,
    isgeneratorfunction,
    signature,
)
from typing import TYPE_CHECKING, Any, Self, TypeAlias, TypeGuard, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr
from typing_extensions import Unpack, dataclass_transform

from singletable.codec.wire import is_mapping
from singletable.entity.declarations import KeyDeclaration, VectorKeyDeclaration
from singletable.entity.key import Key
from singletable.entity.table import Table
from singletable.entity.vector_key import VectorKey
from singletable.errors.base import abridge
from singletable.errors.declaration import InvalidEntity
from singletable.schema import Schema
from singletable.schema.build import build_schema
from singletable.schema.core_schema import build_core_schema
from singletable.schema.instants import use_instants
from singletable.schema.origin import Remembering
from singletable.schema.registry import registry_of
from singletable.schema.revalidation import UNCHECKED, mark_unchecked
from singletable.schema.schema import SCHEMA
from singletable.schema.upgrades import UpgradeFunction, declare_upgrade
from singletable.schema.vectors import use_vectors
from singletable.table import TableDefinition, UniqueDeclaration
from singletable.table.definition import is_text
from singletable.tracing import Symbol

E = TypeVar("E", bound=BaseModel)

_OWN = "__singletable_declared__"
DECLARED = (KeyDeclaration, VectorKeyDeclaration, UniqueDeclaration)
Declaration: TypeAlias = KeyDeclaration | VectorKeyDeclaration | UniqueDeclaration
_REFUSED_CONFIG: dict[str, tuple[object, str, str]] = {
    "extra": ("allow", "it allows extra fields, which would not be stored", 'extra="forbid"'),
    "frozen": (
        False,
        "it is not frozen: a changed object does not know what is stored",
        "frozen=True, and model_copy(update={...})",
    ),
    "revalidate_instances": (
        "never",
        "it does not check again what was copied or constructed",
        'revalidate_instances="always"',
    ),
    "validate_by_name": (
        False,
        "it does not take its fields by name, as stored items give them",
        "validate_by_name=True",
    ),
}
"""Option to: the value refused, why, what is allowed."""

_NO_ANSWER = (iscoroutinefunction, isgeneratorfunction, isasyncgenfunction)
_PARAMETERS = frozenset({"self", "cls", "must_exist"})


if TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass

    # Pydantic's own metaclass tells checkers that models are mutable, whatever their config says.
    @dataclass_transform(
        kw_only_default=True, frozen_default=True, field_specifiers=(Field, PrivateAttr)
    )
    class EntityMeta(ModelMetaclass):
        """Tells type checkers that entities are frozen; at run time it is Pydantic's metaclass."""
else:
    EntityMeta = type(BaseModel)


class Entity(Remembering, metaclass=EntityMeta):
    """The base class of entities: `class Post(Entity, table=blog)`; frozen, without extra fields.

    `name` is what stands in stored items (the class name unless given). Items of older shapes:
    `renamed` is former attribute names to present ones; `upgrade` then turns an item, in
    DynamoDB's wire form, into the present shape; `reaches` names all attributes that it may look
    at or change: partial updates take the others. `identity`: the fields by which two items are
    told apart, which the check of designs holds the primary key against.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        ignored_types=DECLARED,
        revalidate_instances="always",
        validate_by_name=True,
        validate_by_alias=True,
    )

    if not TYPE_CHECKING:
        __slots__ = (UNCHECKED,)

        def __init__(self, /, **data: Any) -> None:
            """Builds the model; while a pattern is traced, fields may be symbols, unvalidated."""
            if any(isinstance(value, Symbol) for value in data.values()):
                _fill_with_symbols(self, data)
            else:
                super().__init__(**data)

        __init__.__pydantic_base_init__ = True
        __get_pydantic_core_schema__ = classmethod(build_core_schema)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copies; what `update` puts in is validated when the copy is written."""
        copied = super().model_copy(update=update, deep=deep)
        mark_unchecked(copied, update or (), self)
        return copied

    @classmethod
    def model_construct(cls, _fields_set: set[str] | None = None, **values: Any) -> Self:
        """Constructs without validation, which is made up for when the entity is written."""
        constructed = super().model_construct(_fields_set, **values)
        mark_unchecked(constructed, cls.model_fields, None)
        return constructed

    def __init_subclass__(
        cls,
        *,
        table: Table | None = None,
        name: str | None = None,
        renamed: Mapping[str, str] | None = None,
        upgrade: UpgradeFunction | None = None,
        reaches: Collection[str] | None = None,
        identity: Collection[str] | None = None,
        **kwargs: Unpack[ConfigDict],
    ) -> None:
        given = {
            "name": name,
            "renamed": renamed,
            "upgrade": upgrade,
            "reaches": reaches,
            "identity": identity,
        }
        _check_keywords(cls, table, given, kwargs)
        super().__init_subclass__(**kwargs)

    @classmethod
    def __pydantic_init_subclass__(
        cls,
        *,
        table: Table | None = None,
        name: str | None = None,
        renamed: Mapping[str, str] | None = None,
        upgrade: UpgradeFunction | None = None,
        reaches: Collection[str] | None = None,
        identity: Collection[str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if table is None:
            return
        _check_options(cls, table, name, upgrade)
        _check_names(cls, upgrade, renamed, reaches)
        _check_identity(cls, identity)
        older = declare_upgrade(table, renamed, upgrade, reaches)
        use_instants(cls, table)
        use_vectors(cls, table)
        declared = _find_declarations(cls)
        check_class(cls, declared)
        known = None if identity is None else tuple(identity)
        schema = build_schema(cls, name or cls.__name__, table, declared, older, known)
        registry_of(table).add(schema)
        setattr(cls, SCHEMA, schema)
        setattr(cls, _OWN, declared)
        for label, compiled in schema.keys.items():
            kind = Key if compiled.index.vector is None else VectorKey
            setattr(cls, label, kind(schema, compiled))


def _fill_with_symbols(entity: Entity, data: dict[str, Any]) -> None:
    schema = schema_of(type(entity))
    for name, value in data.items():
        schema.attribute(name).validate(value)
    filled = type(entity).model_construct(**data)
    for slot in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__"):
        object.__setattr__(entity, slot, getattr(filled, slot))
    object.__setattr__(entity, "__pydantic_private__", None)


def _find_declarations(cls: type[BaseModel]) -> dict[str, Declaration]:
    """Finds the keys and constraints of the class and of its bases; the nearest one counts."""
    found = dict[str, object]()
    for base in reversed(cls.__mro__):
        found |= vars(base) | vars(base).get(_OWN, {})
    return {label: value for label, value in found.items() if isinstance(value, DECLARED)}


def _check_keywords(
    cls: type[BaseModel],
    table: object,
    options: Mapping[str, object],
    unknown: Mapping[str, object],
) -> None:
    given = [option for option, value in options.items() if value is not None]
    for option in [*unknown, *(given if table is None else [])]:
        raise InvalidEntity(
            where=place_of(cls),
            declared=f"{option}=..." + ("" if unknown else " without a table"),
            allowed="table=, with name=, renamed=, upgrade=, reaches= and identity=, and Pydantic's"
            " options",
        )


def _check_options(cls: type[BaseModel], table: object, name: object, upgrade: object) -> None:
    refused = (
        (isinstance(table, TableDefinition), f"table={abridge(table)}", "a Table"),
        (name is None or is_text(name), f"name={abridge(name)}", "text"),
        (
            upgrade is None or (callable(upgrade) and _may_upgrade(upgrade)),
            f"upgrade={abridge(upgrade)}",
            "a function that is not async, takes an item and returns an item",
        ),
    )
    for fits, declared, allowed in refused:
        if not fits:
            raise InvalidEntity(where=place_of(cls), declared=declared, allowed=allowed)


def _check_names(cls: type[BaseModel], upgrade: object, renamed: object, reaches: object) -> None:
    renames: Mapping[object, object] = renamed if is_mapping(renamed) else {}
    names: Collection[object] = reaches if _is_collection(reaches) else ()
    refused = (
        (
            renamed is None or (is_mapping(renamed) and all(map(is_text, _flat(renames)))),
            f"renamed={abridge(renamed)}",
            "a mapping of former attribute names to present ones",
        ),
        (
            reaches is None or (_is_collection(reaches) and all(map(is_text, names))),
            f"reaches={abridge(reaches)}",
            "a list of attribute names",
        ),
        (
            (reaches is None) == (upgrade is None),
            "an upgrade without reaches=" if reaches is None else "reaches= without an upgrade",
            "upgrade= with reaches=[...], all attributes that it looks at or changes",
        ),
    )
    for fits, declared, allowed in refused:
        if not fits:
            raise InvalidEntity(where=place_of(cls), declared=declared, allowed=allowed)


def _check_identity(cls: type[BaseModel], identity: object) -> None:
    if identity is None:
        return
    names: Collection[object] = identity if _is_collection(identity) else ()
    if not names or not all(name in cls.model_fields for name in names):
        raise InvalidEntity(
            where=place_of(cls),
            declared=f"identity={abridge(identity)}",
            allowed=f"a list of fields: {', '.join(cls.model_fields)}",
        )


def _is_collection(value: object) -> TypeGuard[Collection[object]]:
    return isinstance(value, Collection) and not isinstance(value, (str, bytes, Mapping))


def _flat(names: Mapping[object, object]) -> tuple[object, ...]:
    return (*names, *names.values())


def _may_upgrade(function: Callable[..., object]) -> bool:
    """Whether a function takes an item and may answer one, as far as its signature tells."""
    called = (function, type(function).__call__)
    if any(answers_later(each) for answers_later in _NO_ANSWER for each in called):
        return False
    try:
        declared = signature(function, eval_str=True)
    except Exception:  # noqa: BLE001 - not every callable has one, or names what is known by now
        return True
    try:
        declared.bind({})
    except TypeError:
        return False
    answer = declared.return_annotation
    if answer in (None, Signature.empty, object, Any):
        return answer is not None
    return not isinstance(answer, type) or issubclass(answer, Mapping)


def place_of(cls: object) -> str:
    if isinstance(cls, type):
        return f"{cls.__module__}.{cls.__qualname__}"
    return type(cls).__name__


def check_class(cls: type[BaseModel], declared: Mapping[str, object]) -> None:
    where = place_of(cls)
    if not (cls.__doc__ or "").strip():
        raise InvalidEntity(where=where, declared="no docstring", allowed="what an item stands for")
    for option, (refused, why, allowed) in _REFUSED_CONFIG.items():
        if cls.model_config.get(option) == refused:
            raise InvalidEntity(where=where, declared=why, allowed=allowed)
    for name in _PARAMETERS & cls.model_fields.keys():
        raise InvalidEntity(
            where=where,
            declared=f"a field is called {name}, as a parameter of the verbs that take fields",
            allowed=f"another name, such as {name}_, with Field(alias={abridge(name)})",
        )
    clash = sorted(set(declared) & set(cls.model_fields))
    if clash:
        raise InvalidEntity(
            where=where, declared=f"{clash[0]} is a field and a key", allowed="a name for each"
        )


def schema_of(model: type[E]) -> Schema[E]:
    """The compiled schema of an entity class."""
    schema = getattr(model, "__dict__", {}).get(SCHEMA)
    if schema is None:
        raise InvalidEntity(
            where=place_of(model),
            declared="it belongs to no table",
            allowed="class Name(Entity, table=...)",
        )
    return cast(Schema[E], schema)
