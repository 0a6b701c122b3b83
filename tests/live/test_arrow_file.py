"""Arrays in a file that is mapped into memory: read as they were written, or not at all."""

import stat

import numpy as np
import pyarrow as pa
import pytest

from analytics.live import arrow_file
from analytics.live.arrow_file import Arrays

ARRAYS = [
    pa.array(np.arange(3_000, dtype=np.int32)),
    pa.array([], pa.int8()),
    pa.array(["é" * 50, None, "x"] * 1_000, pa.large_string()),
    pa.array([True, None, False]),
    pa.array([], pa.null()),
]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "thing"


def write(path, *, arrays=ARRAYS, about="what it is"):
    arrow_file.write(path, path.with_name("unfinished"), Arrays(about, arrays))


def test_what_was_written_is_read_whatever_the_types_and_lengths(path):
    write(path)
    found = arrow_file.read(path)
    assert found.about == "what it is"
    assert found.arrays == ARRAYS
    assert [array.type for array in found.arrays] == [array.type for array in ARRAYS]


def test_nothing_is_copied_and_nothing_can_be_changed(path):
    write(path, arrays=[pa.array(np.arange(1_000_000))])
    before = pa.total_allocated_bytes()
    numbers = arrow_file.read(path).arrays[0].to_numpy()
    assert pa.total_allocated_bytes() - before < 100_000
    assert not numbers.flags.writeable


def test_only_this_user_may_read_the_file_and_nothing_lies_beside_it(path):
    path.with_name("unfinished").touch(0o666)
    write(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_cannot_be_written_is_left_as_it_was(path):
    write(path)
    before = path.read_bytes()
    with pytest.raises(AttributeError):
        write(path, about=None)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_none_at_all_is_passed_over(path):
    assert arrow_file.read(path) is None


@pytest.fixture
def several_blocks(monkeypatch):
    monkeypatch.setattr(arrow_file, "_BLOCK", 4_096)


@pytest.mark.usefixtures("several_blocks")
def test_no_flipped_bit_is_passed_on(path):
    write(path)
    data = path.read_bytes()
    chance = np.random.default_rng(1)
    everywhere = np.arange(len(data) * 8)
    for bit in {*chance.choice(everywhere, 80), *everywhere[:32], *everywhere[-8 * 64 :: 7]}:
        damaged = bytearray(data)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        assert arrow_file.read(path) is None, bit
    path.write_bytes(data)
    assert arrow_file.read(path)


@pytest.mark.usefixtures("several_blocks")
@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda data: data[:10],
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: data[4_096:],
        lambda data: data[:4_096] + data[8_192:],
        lambda data: data[4_096:8_192] + data[:4_096] + data[8_192:],
        lambda data: data[:8_192] + bytes(4_096) + data[12_288:],
        lambda data: bytes(len(data)),
        lambda data: data + b"\0",
        lambda data: data + data,
        lambda _: np.random.default_rng(1).bytes(50_000),
    ],
    ids=["empty", "cut to nothing", "cut", "half", "without its head", "without a block", "blocks swapped",
         "a block zeroed", "all zeroed", "longer", "twice", "something else"],
)  # fmt: skip
def test_a_file_that_is_not_as_it_was_written_is_passed_over(path, damage):
    write(path)
    data = path.read_bytes()
    path.write_bytes(damage(data))
    assert path.read_bytes() != data
    assert arrow_file.read(path) is None
