"""Files that are made to harm are refused in words or read within the limits, and others notice nothing."""

import random

import pytest

from analytics.reading import process
from tests.reading.bombs import KINDS
from tests.reading.hostile import children, read

SEED, SCALE = 7, 0.001


@pytest.fixture(scope="module", autouse=True)
def _no_child_is_left():
    process.keep_warm()
    yield
    process.end_spare()
    assert children() == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_file_is_refused_in_words_or_read_within_the_limits(kind, tmp_path):
    KINDS[kind](tmp_path / "file", random.Random(SEED), SCALE)  # noqa: S311  # the same files each time
    found = read(tmp_path / "file", kind, 0)
    assert found.said
    assert "\n" not in found.said
    assert not found.stopped
    assert found.child_bytes < 2 * 2**30
    assert found.own_bytes < 2**30
