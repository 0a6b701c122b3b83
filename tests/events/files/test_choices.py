"""What people have said of files decides how their tables are read; what they have not is taken as most likely."""

import io

import pytest

from analytics.events.files.choices import NO_CHOICES, Choices
from analytics.events.tables.matching import Matching, shape_of
from analytics.events.tables.reading import read_table
from analytics.events.tables.to_events import guess_matching

TABLE = b"event,who,when\nmessage.read,+254712345678,03/04/2026\n"
SAID = Matching(columns={"event": "event", "userId": "who", "timestamp": "when"})


@pytest.fixture
def table():
    return read_table(TABLE, io.BytesIO())


def test_of_what_nobody_has_said_the_likeliest_is_taken(table):
    assert NO_CHOICES.match(table) == guess_matching(table)
    assert Choices(matchings={"another shape": SAID}).match(table) == guess_matching(table)


def test_a_matching_is_that_of_all_tables_or_of_those_of_its_shape(table):
    assert Choices(matching=SAID).match(table) == SAID
    assert Choices(matchings={shape_of(table.columns): SAID}).match(table) == SAID


def test_the_order_of_dates_that_was_said_goes_before_that_of_a_matching(table):
    assert (
        Choices(day_first=False, matching=SAID.model_copy(update={"day_first": True})).match(table).day_first is False
    )


def test_choices_that_differ_are_told_apart():
    said = [NO_CHOICES, Choices(zone="UTC"), Choices(country="KE"), Choices(day_first=True), Choices(matching=SAID)]
    assert len({choices.token for choices in said}) == len(said)
    assert NO_CHOICES.token == ""
