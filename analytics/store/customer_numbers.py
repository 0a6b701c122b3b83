"""Customer numbers: by which number the customer of an id is kept beside their events, where no link says otherwise."""

import hashlib

import pyarrow as pa

from analytics.events.customer_id import canonical

NUMBER = pa.int64()


def number_of(customer_id: str) -> int:
    """Return the number of the customer of an id whom nothing links to another: 63 bits, well spread.

    Both spellings of a phone have the same. MD5 serves here as a well-spread hash, not to keep a secret.
    """
    digest = hashlib.md5(canonical(customer_id).encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[:8], "little") >> 1


def numbers_of(ids: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return the number of each of some ids, of which each distinct one is looked at once."""
    codes, distinct = encode(ids)
    return pa.array([number_of(known) for known in distinct.to_pylist()], NUMBER).take(codes)


def encode(ids: pa.Array | pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """Return the place of each id among the distinct ones, and these."""
    whole = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids
    encoded = whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()
    return encoded.indices, encoded.dictionary
