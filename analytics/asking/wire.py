"""What travels between a command and the running process: values in msgpack, tables in Arrow's own format."""

import hashlib
import hmac
import secrets
import socket
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self, get_origin

import msgspec
import pandas as pd
import pyarrow as pa
from pydantic import BaseModel

_PROOF_SECONDS = 5.0
_ROWS_AT_A_TIME = 50_000
_NONCE_BYTES = _PROOF_BYTES = 32
_HEAD = struct.Struct("<II")
"""The size of a value in bytes, and the number of tables that follow it."""


class NotProvenError(Exception):
    """Whoever is at the other end does not know the secret."""


class UnreadableError(Exception):
    """What came is no value of the kind that was expected: the other end is of another version."""


class Wire:
    """One connection between two processes that know a secret. Each call raises `OSError` where the other has gone."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._file = channel.makefile("rwb")

    def __enter__(self) -> Self:
        """Return itself; at the end, the connection is closed."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection, whether or not the other has heard everything."""
        self._channel.close()  # first: what cannot be written any more need not be
        try:
            self._file.close()
        except (OSError, ValueError):
            return

    def be_patient(self, seconds: float | None) -> None:
        """Wait so long for the other to say or to take something; for ever if None."""
        self._channel.settimeout(seconds)

    def prove_as_command(self, secret: bytes) -> None:
        """Have the running process prove that it knows the secret, then do the same; the secret itself never travels.

        Raises:
            NotProvenError: if it does not know it.
        """
        self.be_patient(_PROOF_SECONDS)
        mine = secrets.token_bytes(_NONCE_BYTES)
        self._write(mine)
        theirs, proof = self._read(_NONCE_BYTES), self._read(_PROOF_BYTES)
        if not hmac.compare_digest(proof, _sign(secret, b"process", mine, theirs)):
            raise NotProvenError
        self._write(_sign(secret, b"command", mine, theirs))

    def prove_as_process(self, secret: bytes) -> None:
        """Prove to a command that this process knows the secret, and have it do the same.

        Raises:
            NotProvenError: if it does not know it.
        """
        self.be_patient(_PROOF_SECONDS)
        theirs, mine = self._read(_NONCE_BYTES), secrets.token_bytes(_NONCE_BYTES)
        self._write(mine + _sign(secret, b"process", theirs, mine))
        if not hmac.compare_digest(self._read(_PROOF_BYTES), _sign(secret, b"command", theirs, mine)):
            raise NotProvenError

    def send(self, value: Any) -> None:
        """Send a value: what msgspec knows, with tables, event frames, models and paths in it."""
        tables: list[pa.Table] = []
        data = msgspec.msgpack.encode(value, enc_hook=lambda thing: _pack(thing, tables))
        self._file.write(_HEAD.pack(len(data), len(tables)) + data)
        for table in tables:
            with pa.ipc.new_stream(self._file, table.schema) as writer:
                writer.write_table(table, max_chunksize=_ROWS_AT_A_TIME)
        self._file.flush()

    def receive(self, kind: Any) -> Any:
        """Return the next value, which is of a kind.

        Raises:
            UnreadableError: if it is not.
        """
        size, count = _HEAD.unpack(self._read(_HEAD.size))
        data = self._read(size)
        try:
            tables = [pa.ipc.open_stream(self._file).read_all() for _ in range(count)]
            return msgspec.msgpack.decode(data, type=kind, dec_hook=lambda kind, held: _unpack(kind, held, tables))
        except (msgspec.DecodeError, pa.ArrowInvalid, TypeError, IndexError) as error:
            raise UnreadableError from error

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._file.flush()

    def _read(self, size: int) -> bytes:
        data = self._file.read(size)
        if data is None or len(data) < size:
            raise ConnectionResetError("The other end has gone.")
        return data


def _sign(secret: bytes, who: bytes, of_command: bytes, of_process: bytes) -> bytes:
    """Return what proves that the secret is known, in this connection alone."""
    return hmac.digest(secret, who + of_command + of_process, hashlib.sha256)


def _pack(thing: Any, tables: list[pa.Table]) -> Any:
    """Return what stands for a thing that msgspec does not know; a table is put to `tables`."""
    match thing:
        case pa.Table():
            tables.append(thing)
            return len(tables) - 1
        case pd.DataFrame():
            return _pack(pa.Table.from_pandas(thing, preserve_index=False), tables)
        case BaseModel():
            return thing.model_dump_json()
        case Path():
            return str(thing)
        case _:
            raise TypeError(type(thing))


def _unpack(kind: Any, held: Any, tables: list[pa.Table]) -> Any:
    """Return the thing for which `held` stands."""
    plain = get_origin(kind) or kind
    if plain is pa.Table:
        return tables[held]
    if plain is pd.DataFrame:
        return tables[held].to_pandas()
    if issubclass(plain, BaseModel):
        return plain.model_validate_json(held)
    if issubclass(plain, Path | Mapping):  # a mapping such as `Counter`
        return plain(held)
    raise TypeError(kind)
