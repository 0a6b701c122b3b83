"""Customers: people, under every id that they are known by.

An event may say of other ids that they are the same person's. These links chain, and hold for all time: a link that is
learned today joins yesterday's events. The two spellings that WhatsApp gives a number are one customer without a link.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.events.phone import one_spelling_of_each

LINKING = ("wa_user_id", "phone", "previous_user_id")
"""The columns of the event frame that hold another id of an event's customer."""

Codes = npt.NDArray[np.int32]

_Edges = npt.NDArray[np.intp]


def no_links() -> pd.DataFrame:
    """Return links without any: `one` and `other` are ids (str), `test` (bool) says that a test event brought it."""
    return pd.DataFrame({"one": pd.Series(dtype="str"), "other": pd.Series(dtype="str"), "test": pd.Series(dtype=bool)})


def find_links(events: pd.DataFrame) -> pd.DataFrame:
    """Return the distinct links that an event frame brings, as `no_links` describes them; `one` < `other`."""
    found = [_find_links_by(events, name) for name in LINKING if len(events[name].cat.categories)]
    return join_links(*found)


def join_links(*parts: pd.DataFrame) -> pd.DataFrame:
    """Return all links, each once."""
    parts = tuple(part for part in parts if len(part))
    if not parts:
        return no_links()
    return parts[0] if len(parts) == 1 else pd.concat(parts).drop_duplicates(ignore_index=True)


def leave_out_test_links(links: pd.DataFrame) -> pd.DataFrame:
    """Return the links that real events brought."""
    return links[~links["test"].to_numpy()]


def _find_links_by(events: pd.DataFrame, name: str) -> pd.DataFrame:
    user, other = events["user_id"].array, events[name].array
    rows = np.flatnonzero(other.codes >= 0)
    number = (user.codes[rows].astype(np.int64) * len(other.categories) + other.codes[rows]) * 2
    distinct = pd.unique(number + events["test"].to_numpy()[rows])
    pair = distinct // 2
    ids = np.array([
        user.categories.to_numpy(object)[pair // len(other.categories)],
        other.categories.to_numpy(object)[pair % len(other.categories)],
    ])  # fmt: skip
    ids.sort(axis=0)
    links = pd.DataFrame({"one": ids[0], "other": ids[1], "test": distinct % 2 == 1})[ids[0] != ids[1]]
    found: pd.DataFrame = links.astype({"one": "str", "other": "str"}).drop_duplicates(ignore_index=True)
    return found


def join_ids(ids: pd.Index, links: pd.DataFrame) -> Codes:
    """Return for each of some distinct ids (int32) the place of the first one that is the same customer's."""
    first, _ = _join(ids, links)
    return first[: len(ids)].astype(np.int32)


def count_ids(ids: pd.Index, links: pd.DataFrame) -> Codes:
    """Return for each of some distinct ids by how many its customer is known (int32), both spellings of one as one."""
    first, is_spelling = _join(ids, links)
    return np.bincount(first[~is_spelling], minlength=len(first))[first[: len(ids)]].astype(np.int32)


def _join(ids: pd.Index, links: pd.DataFrame) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """Return for each node the first that is the same customer's, and which nodes another spelling stands for."""
    linked, spelled, size = _list_edges(ids, links)
    edges = np.concatenate([linked, spelled], axis=1)
    first = np.arange(size)
    while edges.size:
        joined, nearest = first.copy(), first[edges].min(axis=0)
        for end in edges:
            np.minimum.at(joined, first[end], nearest)
        while (joined != (nearer := joined[joined])).any():
            joined = nearer
        if (joined == first).all():
            break
        first = joined
    is_spelling = np.zeros(size, np.bool_)
    is_spelling[spelled[0]] = True
    return first, is_spelling


def _list_edges(ids: pd.Index, links: pd.DataFrame) -> tuple[_Edges, _Edges, int]:
    """Return pairs of nodes that are linked, pairs of a number and the spelling that stands for it, and their number.

    The first nodes are the ids themselves.
    """
    named = pa.chunked_array([_texts(ids), _texts(links["one"]), _texts(links["other"])]).combine_chunks()
    known, linked = named.slice(0, len(ids)), np.zeros((2, 0), np.intp)
    if len(links):
        encoded = named.dictionary_encode()
        known = encoded.dictionary
        linked = encoded.indices.to_numpy()[len(ids) :].reshape(2, -1).astype(np.intp)
    spelled = one_spelling_of_each(known)
    changed = np.flatnonzero(pc.not_equal(spelled, known).to_numpy(zero_copy_only=False))
    if not len(changed):
        return linked, np.zeros((2, 0), np.intp), len(known)
    ones = spelled.take(pa.array(changed)).dictionary_encode()
    place = pc.index_in(ones.dictionary, known)
    new = np.flatnonzero(place.is_null().to_numpy(zero_copy_only=False))
    node_of_one = place.fill_null(0).to_numpy().astype(np.intp)
    node_of_one[new] = len(known) + np.arange(len(new))
    return linked, np.array([changed, node_of_one[ones.indices.to_numpy()]]), len(known) + len(new)


def _texts(values: "pd.Index | pd.Series[str]") -> pa.Array:
    texts = pa.array(values, from_pandas=True)
    return (texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts).cast(pa.large_string())
