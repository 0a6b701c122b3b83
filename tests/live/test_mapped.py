"""Objects of large arrays, written to a file and mapped into memory."""

import mmap
import stat

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from analytics.live import mapped

KEY = b"key"


def big():
    texts = pd.array(["é" * 50, None, "x"] * 1_000, dtype="string[pyarrow]")
    times = pd.date_range("2026-03-01", periods=3_000, freq="s", tz="UTC")
    agents = pd.Categorical(["a", "b", None] * 1_000)
    return pd.DataFrame({"text": texts, "time": times, "agent": agents, "number": np.arange(3_000)}, copy=False)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "thing"


def test_what_was_written_is_read_and_its_arrays_lie_in_the_file(path):
    frame = big()
    mapped.write(path, (frame, {"of": frame["agent"].cat.categories}), KEY)
    found, names = mapped.read(path, KEY)
    assert_frame_equal(found, frame)
    assert names["of"] is found["agent"].cat.categories, "what was one object is one again"
    owner = found["number"].to_numpy()
    while isinstance(owner, np.ndarray):
        owner = owner.base
    assert isinstance(owner, memoryview)
    assert isinstance(owner.obj, mmap.mmap)


def test_a_change_of_the_object_does_not_reach_the_file(path):
    mapped.write(path, np.zeros(1_000), KEY)
    mapped.read(path, KEY)[:] = 1
    assert not mapped.read(path, KEY).any()


def test_only_this_user_may_read_the_file_and_nothing_lies_beside_it(path):
    mapped.write(path, big(), KEY)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_cannot_be_written_is_left_as_it_was(path):
    mapped.write(path, np.zeros(10), KEY)
    before = path.read_bytes()
    with pytest.raises(TypeError):
        mapped.write(path, (value for value in "what cannot be pickled"), KEY)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda data: data[:20],
        lambda data: data[:-1],
        lambda data: b"other" + data[5:],
        lambda data: data[:8] + bytes(32) + data[40:],
        lambda data: data[:60] + bytes([data[60] ^ 1]) + data[61:],
        lambda data: data.replace(b"numpy", b"posix"),
    ],
    ids=["empty", "cut in the head", "cut", "of another kind", "unsigned", "another size", "another object"],
)
def test_a_file_that_is_not_as_it_was_written_is_passed_over(path, damage):
    mapped.write(path, np.arange(1_000), KEY)
    data = path.read_bytes()
    path.write_bytes(damage(data))
    assert path.read_bytes() != data
    assert mapped.read(path, KEY) is None


def test_so_is_that_of_another_key_and_none_at_all(path):
    assert mapped.read(path, KEY) is None
    mapped.write(path, np.arange(10), b"another")
    assert mapped.read(path, KEY) is None
