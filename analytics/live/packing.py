"""Packing: dataclasses of arrays and frames as plain arrays with a description in JSON, and back.

A dataclass is packed field by field, as it declares them, and a frame column by column. What is unpacked shares its
memory with the arrays. Nothing that is read can run code.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from datetime import timedelta
from functools import singledispatch
from typing import Any, TypeVar, get_type_hints

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from analytics.events.columns.assemble import STRING
from analytics.events.frame import TIME

Description = Any
"""What JSON can say: of an array what it is and its place among all, of other things their parts."""

_MICROSECOND = timedelta(microseconds=1)
_Thing = TypeVar("_Thing")


def pack(thing: Any) -> tuple[Description, list[pa.Array]]:
    """Return the description of a dataclass, and its arrays.

    Raises:
        TypeError: if it holds something else than dataclasses, frames, names, arrays, tuples, durations, numbers and
            texts.
    """
    arrays: list[pa.Array] = []
    return _pack(thing, arrays), arrays


def unpack(kind: type[_Thing], description: Description, arrays: Sequence[pa.Array]) -> _Thing:
    """Return what was packed: a thing of the dataclass `kind`."""
    hints = get_type_hints(kind)
    return kind(**{name: _unpack_part(hints[name], part, arrays) for name, part in description.items()})


@singledispatch
def _pack(thing: Any, arrays: list[pa.Array]) -> Description:
    if not is_dataclass(thing):
        raise TypeError(f"{type(thing).__name__} cannot be packed")
    return {field.name: _pack(getattr(thing, field.name), arrays) for field in fields(thing)}


@_pack.register(pd.DataFrame)
def _(frame: pd.DataFrame, arrays: list[pa.Array]) -> Description:
    return {"frame": [[name, _pack(_values(column), arrays)] for name, column in frame.items()]}


@_pack.register(pd.Categorical)
def _(values: "pd.Categorical[Any]", arrays: list[pa.Array]) -> Description:
    return {"categorical": [_pack(values.codes, arrays), _pack(values.categories, arrays)]}


@_pack.register(pd.Index)
def _(names: pd.Index, arrays: list[pa.Array]) -> Description:
    return {"names": _add(pa.array(names), arrays)}


@_pack.register(pd.arrays.ArrowStringArray)
def _(texts: Any, arrays: list[pa.Array]) -> Description:
    return {"texts": _add(pa.array(texts), arrays)}


@_pack.register(pd.arrays.DatetimeArray)
def _(instants: Any, arrays: list[pa.Array]) -> Description:
    if instants.dtype != TIME.dtype:
        raise TypeError(f"instants of {instants.dtype} cannot be packed")
    return {"instants": _add(pa.array(instants.asi8), arrays)}


@_pack.register(np.ndarray)
def _(values: npt.NDArray[Any], arrays: list[pa.Array]) -> Description:
    if values.dtype == np.bool_:
        return {"flags": _add(pa.array(values.view(np.uint8)), arrays)}  # of flags Arrow would make bits
    if values.dtype.kind not in "iuf":
        raise TypeError(f"arrays of {values.dtype} cannot be packed")
    return {"numbers": _add(pa.array(values), arrays)}


@_pack.register(timedelta)
def _(duration: timedelta, _: list[pa.Array]) -> Description:
    return {"microseconds": duration // _MICROSECOND}


@_pack.register(tuple)
def _(values: tuple[Any, ...], arrays: list[pa.Array]) -> Description:
    return [_pack(value, arrays) for value in values]


@_pack.register(type(None))
@_pack.register(int)
@_pack.register(str)
def _(value: Any, _: list[pa.Array]) -> Description:
    return value


def _values(column: "pd.Series[Any]") -> Any:
    return column.to_numpy() if isinstance(column.dtype, np.dtype) else column.array


def _add(array: pa.Array | pa.ChunkedArray, arrays: list[pa.Array]) -> int:
    arrays.append(array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array)
    return len(arrays) - 1


def _unpack_part(declared: Any, description: Description, arrays: Sequence[pa.Array]) -> Any:
    """Return a part, of which `declared` says whether it is a dataclass, and which."""
    if is_dataclass(declared):
        assert isinstance(declared, type)  # noqa: S101  # not a thing of one
        return unpack(declared, description, arrays)
    if isinstance(description, list):
        return tuple(_unpack_part(None, part, arrays) for part in description)
    if not isinstance(description, dict):
        return description
    ((what, said),) = description.items()
    return _UNPACK[what](said, arrays)


def _unpack_frame(columns: list[tuple[str, Description]], arrays: Sequence[pa.Array]) -> pd.DataFrame:
    return pd.DataFrame({name: _unpack_part(None, column, arrays) for name, column in columns}, copy=False)


def _unpack_categorical(parts: list[Description], arrays: Sequence[pa.Array]) -> "pd.Categorical[Any]":
    codes, names = (_unpack_part(None, part, arrays) for part in parts)
    return pd.Categorical.from_codes(codes, names, validate=False)


def _unpack_names(place: int, arrays: Sequence[pa.Array]) -> "pd.Index[Any]":
    names = arrays[place]
    found: pd.Index[Any] = pd.Index(
        _unpack_texts(place, arrays) if pa.types.is_large_string(names.type) else names.to_pylist()
    )
    return found


def _unpack_texts(place: int, arrays: Sequence[pa.Array]) -> Any:
    return pd.array(arrays[place], dtype=STRING)


_UNPACK: dict[str, Callable[[Any, Sequence[pa.Array]], Any]] = {
    "frame": _unpack_frame,
    "categorical": _unpack_categorical,
    "names": _unpack_names,
    "texts": _unpack_texts,
    "instants": lambda place, arrays: pd.array(arrays[place].to_numpy(), dtype=TIME.dtype, copy=False),
    "flags": lambda place, arrays: arrays[place].to_numpy().view(np.bool_),
    "numbers": lambda place, arrays: arrays[place].to_numpy(),
    "microseconds": lambda count, _: count * _MICROSECOND,
}
"""What is made of an array, or of the parts of a thing, by what it is."""
