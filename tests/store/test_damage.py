"""A damaged store is said to be damaged, and shows no wrong number. The full form: `damage.py`."""

import pytest

from tests.store.damage import OUTCOMES, PARTS, Look, Watcher, damage, judge, make_template


def test_damage_is_said_in_words_and_no_wrong_number_is_shown_as_right(tmp_path):
    watcher = Watcher()
    template = make_template(tmp_path, 2_000, watcher)
    for part in PARTS:
        found = damage(template, part, 4, watcher)
        assert found.total() == 4
        assert {outcome for _, outcome in found} <= set(OUTCOMES[:2]), found
    watcher.close()


@pytest.mark.parametrize(
    ("look", "outcome"),
    [
        (Look({"page": 5}), "unharmed"),
        (Look({"page": 5}, ["events.duckdb.commits is damaged"]), "said"),
        (Look({}, ["events.duckdb is damaged"]), "said"),
        (Look({"page": 4}, ["3 confirmed commits are missing"]), "said"),
        (Look({"page": 4}, ["something else"]), "wrong"),
        (Look({"page": 4}), "wrong"),
        (Look({}), "silent"),
        (Look({"page": 5}, [], ["Traceback"]), "traceback"),
        (None, "died"),
    ],
)
def test_a_look_is_judged_by_what_is_shown_and_said(look, outcome):
    assert judge(look, {"page": 5}) == outcome
