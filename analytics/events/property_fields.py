"""What the fast path needs to know about the contract; it is read from the contract's models."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

import numpy as np
import numpy.typing as npt
from pydantic.alias_generators import to_camel

from analytics.events.contract import EVENTS, Properties
from analytics.events.frame import COLUMN_OF


@dataclass(frozen=True)
class PropertyField:
    """One property across all events: its name in JSON, and the column of the event frame that holds it.

    `named` and `required` say by event code whether the event's model names and requires it;
    `constants` gives the one value an event allows.
    """

    name: str
    column: str | None
    kind: Any
    named: npt.NDArray[np.bool_]
    required: npt.NDArray[np.bool_]
    constants: dict[str, str]


@cache
def property_fields() -> dict[str, PropertyField]:
    """Return every property that the contract names, by its name in JSON."""
    attributes = dict.fromkeys(attribute for model in EVENTS.values() for attribute in model.model_fields)
    return {to_camel(attribute): _property_field(attribute) for attribute in attributes}


def _property_field(attribute: str) -> PropertyField:
    # What any event may carry is typed by the base model, which is the laxer: it knows the missing value.
    kinds = {event: get_type_hints(model, include_extras=True).get(attribute) for event, model in EVENTS.items()}
    base = get_type_hints(Properties, include_extras=True).get(attribute)
    fields = [model.model_fields.get(attribute) for model in EVENTS.values()]
    name = to_camel(attribute)
    column = COLUMN_OF.get(f"properties.{name}")
    return PropertyField(
        name,
        column.name if column else None,
        base or next(kind for kind in kinds.values() if kind is not None),
        np.array([field is not None for field in fields]),
        np.array([field is not None and field.is_required() for field in fields]),
        {event: get_args(kind)[0] for event, kind in kinds.items() if _is_constant(kind)},
    )


def _is_constant(kind: object) -> bool:
    return get_origin(kind) is Literal and len(get_args(kind)) == 1
