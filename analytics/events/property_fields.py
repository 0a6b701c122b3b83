"""What the fast path needs to know of the contract, read from its models."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np
import numpy.typing as npt
from pydantic.alias_generators import to_camel

from analytics.events.contract import EVENTS, Properties


@dataclass(frozen=True)
class PropertyField:
    """One property across the eight events.

    `named` and `required` say by event code whether the event's model names and requires it;
    `constants` gives the one value an event allows.
    """

    column: str
    kind: Any
    named: npt.NDArray[np.bool_]
    required: npt.NDArray[np.bool_]
    constants: dict[str, str]

    @property
    def name(self) -> str:
        """The name in JSON."""
        return to_camel(self.column)


@cache
def property_fields() -> dict[str, PropertyField]:
    """Return every property that the contract names, by its name in JSON."""
    columns = dict.fromkeys(column for model in EVENTS.values() for column in model.model_fields)
    return {to_camel(column): _property_field(column) for column in columns}


def _property_field(column: str) -> PropertyField:
    # What any event may carry is typed by the base model, which is the laxer: it knows the missing value.
    kinds = {event: get_type_hints(model, include_extras=True).get(column) for event, model in EVENTS.items()}
    base = get_type_hints(Properties, include_extras=True).get(column)
    fields = [model.model_fields.get(column) for model in EVENTS.values()]
    return PropertyField(
        column,
        base or next(kind for kind in kinds.values() if kind is not None),
        np.array([field is not None for field in fields]),
        np.array([field is not None and field.is_required() for field in fields]),
        {event: get_args(kind)[0] for event, kind in kinds.items() if _is_constant(kind)},
    )


def _is_constant(kind: object) -> bool:
    return get_origin(kind) is Literal and len(get_args(kind)) == 1
