"""Each column of the event frame is declared once; the contract and the frame agree with what is declared."""

from datetime import datetime
from typing import get_args

import pytest

from analytics.events.contract import EVENTS
from analytics.events.frame import (
    CATEGORY,
    CATEGORY_OF_FLAGS,
    COLUMN_OF,
    COLUMNS,
    COUNT,
    NUMBER,
    STORED,
    TEXT,
    TIME,
)
from analytics.events.property_fields import property_fields
from analytics.events.validate import validate

KINDS = {str: {CATEGORY, TEXT}, bool: {CATEGORY_OF_FLAGS}, int: {COUNT}, float: {NUMBER}, datetime: {TIME}}
PROPERTY = "properties."


def types_in(annotation):
    """The plain types that an annotation is made of; of literals, those of their values."""
    found = {type(part) if not isinstance(part, type) else part for part in get_args(annotation)} - {type(None)}
    if isinstance(annotation, type):
        return {annotation}
    inner = set().union(*map(types_in, get_args(annotation)))
    return (found | inner) & KINDS.keys()


def test_a_frame_has_the_columns_that_are_declared(event_of, validated):
    for found in (validate([]), validated(event_of()), validated(event_of(), event_of("poll.sent"))):
        assert list(found.events) == [column.name for column in COLUMNS]
        assert [str(dtype) for dtype in found.events.dtypes] == [column.kind.dtype for column in COLUMNS]


def test_every_property_of_the_contract_has_a_column_or_but_one_value():
    without = {name for name, field in property_fields().items() if field.column is None}
    assert without == {name for name, field in property_fields().items() if field.constants}


def test_every_property_that_a_column_holds_is_one_of_the_contract():
    sources = {source for source in COLUMN_OF if source.startswith(PROPERTY)}
    assert sources <= {PROPERTY + name for name in property_fields()}


@pytest.mark.parametrize("name", [name for name, field in property_fields().items() if field.column])
def test_a_column_is_of_a_kind_that_can_hold_what_the_contract_allows(name):
    (held,) = types_in(property_fields()[name].kind)
    assert COLUMN_OF[PROPERTY + name].kind in KINDS[held]


def test_only_times_come_from_several_places_and_each_event_names_one_of_them():
    for column in STORED:
        assert column.kind is TIME or len(column.sources) == 1
        for model in EVENTS.values():
            named = {PROPERTY + field.alias for field in model.model_fields.values()}
            assert len(named & set(column.sources)) <= 1


def test_no_two_columns_share_a_name_or_a_title():
    assert len({column.name for column in COLUMNS}) == len(COLUMNS)
    assert len({column.title for column in STORED}) == len(STORED)
