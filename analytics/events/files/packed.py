"""Packed files: gzip, Zstandard and ZIP, known by their content and unpacked while they are read, in bounded memory.

One level is unpacked; within a ZIP archive also the members that are packed themselves. The sizes that a file
declares are not trusted: the unpacked bytes are counted.
"""

import gzip
import io
import re
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO, Protocol, cast

import pyarrow as pa

from analytics.events.dump_error import DumpError
from analytics.events.tables.extent import Extent

MAX_UNPACKED_BYTES = 64 * 2**30
MAX_ENTRIES = 1_000
_MAX_DIRECTORY_BYTES = 2**20  # a thousand entries with long names
_MAX_WORKBOOK_BYTES = 512 * 2**20
_BYTES_AT_ONCE = 256 * 2**10
_MAX_NAME = 200

_DEFLATE64, _AES = 9, 99
_METHODS = {_DEFLATE64: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd"}
_ENCRYPTED = 0x1 | 0x40
_TOO_MANY = f"The ZIP archive holds more than {MAX_ENTRIES:,} entries: split it."
_DAMAGE = (EOFError, zlib.error, zipfile.BadZipFile, struct.error, UnicodeDecodeError, NotImplementedError)


class _Packing(StrEnum):
    GZIP = "gzip file"
    ZSTANDARD = "Zstandard file"
    ZIP = "ZIP archive"


_BEGINNINGS = {
    _Packing.GZIP: re.compile(rb"\x1f\x8b"),
    _Packing.ZSTANDARD: re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"),  # or a frame to be skipped
    _Packing.ZIP: re.compile(rb"PK(\x03\x04|\x05\x06)"),
}


@dataclass(frozen=True)
class Member:
    """A file as it was before packing. Its stream can be read until the next member is yielded."""

    name: str
    stream: BinaryIO
    of_archive: bool = False

    def naming(self) -> AbstractContextManager[None]:
        """Return a context that adds the member's name to a `DumpError` if the member comes from an archive."""
        return _naming_errors(self.name) if self.of_archive else nullcontext()


def unpack_members(file: BinaryIO, name: str, limit: int = MAX_UNPACKED_BYTES) -> Generator[Member]:
    """Yield the members of a seekable file; a workbook, or a file that is not packed, is its only member.

    `name` is the name of the file. Reading a member's stream raises `DumpError`, too, if the file turns out to be
    damaged or has more than `limit` bytes once unpacked. The streams of workbooks and Parquet files are seekable.

    Raises:
        DumpError: if the file is damaged, or packed by a method that we do not read.
    """
    file.seek(0)
    packing = _find_packing(file.read(4))
    file.seek(0)
    room = _ByteBudget(limit)
    if packing is None:
        yield Member(name, file)
    elif packing is _Packing.ZIP:
        yield from _members_of_zip(file, name, room)
    else:
        with _unpack(packing, file, room) as stream:
            yield Member(name, stream)


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _ByteBudget:
    """How many bytes may still come out of a packed file."""

    def __init__(self, limit: int) -> None:
        self._limit = self._left = limit

    def take(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise DumpError(f"The file is too large once unpacked, over {self._limit / 2**30:g} GiB: split it.")


class _UnpackedStream(io.RawIOBase):
    """The unpacked bytes of a packed file, which are counted as they are read."""

    def __init__(self, packing: _Packing, source: _Readable, room: _ByteBudget) -> None:
        self._packing = packing
        self._source = source
        self._room = room

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        with _reporting_damage(self._packing):
            content = self._source.read(min(len(buffer), _BYTES_AT_ONCE))
        self._room.take(len(content))
        buffer[: len(content)] = content
        return len(content)


class _BorrowedFile:
    """A file lent to a library, which can neither close it nor read large pieces at once."""

    closed = False

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        if size > _MAX_DIRECTORY_BYTES:  # only the directory of an archive is read at once
            raise DumpError(_TOO_MANY)
        return self._file.read(size)

    def close(self) -> None:
        self.closed = True


def _find_packing(head: bytes) -> _Packing | None:
    return next((packing for packing, beginning in _BEGINNINGS.items() if beginning.match(head)), None)


def _unpack(packing: _Packing, packed: BinaryIO, room: _ByteBudget) -> BinaryIO:
    source: _Readable
    if packing is _Packing.GZIP:
        source = gzip.GzipFile(fileobj=packed)
    else:
        source = pa.CompressedInputStream(pa.PythonFile(_BorrowedFile(packed), mode="r"), "zstd")
    return _check_not_packed_again(_count_bytes(packing, source, room), packing)


def _count_bytes(packing: _Packing, source: _Readable, room: _ByteBudget) -> io.BufferedReader:
    return io.BufferedReader(_UnpackedStream(packing, source, room), _BYTES_AT_ONCE)


def _check_not_packed_again(stream: io.BufferedReader, outer: _Packing) -> BinaryIO:
    head = stream.peek(4)
    if head.startswith(b"PAR1"):
        return _copy_to_disk(stream)
    inner = _find_packing(head)
    if inner is None:
        return stream
    workbook = _read_workbook(stream) if inner is _Packing.ZIP else None
    if workbook is None:
        raise DumpError(f"This is a {inner} within a {outer}: unpack it first.")
    return workbook


def _read_workbook(stream: io.BufferedReader) -> BinaryIO | None:
    """Return a ZIP archive as a seekable file if it is a workbook, else None."""
    with ExitStack() as unless_found:
        file = unless_found.enter_context(_copy_to_disk(stream, _MAX_WORKBOOK_BYTES))
        if stream.peek(1):
            return None
        with _open_archive(file) as archive:
            if not _is_workbook(archive):
                return None
            _check_workbook(archive)
        file.seek(0)
        unless_found.pop_all()
        return file


def _copy_to_disk(stream: BinaryIO, most: int = MAX_UNPACKED_BYTES) -> BinaryIO:
    """Copy a stream to a temporary file, which can be read in any order; it is cut after about `most` bytes."""
    with ExitStack() as if_it_fails:
        file = cast("BinaryIO", if_it_fails.enter_context(tempfile.TemporaryFile()))
        while file.tell() < most and (content := stream.read(_BYTES_AT_ONCE)):
            file.write(content)
        file.seek(0)
        if_it_fails.pop_all()
        return file


def _members_of_zip(file: BinaryIO, name: str, room: _ByteBudget) -> Iterator[Member]:
    with _open_archive(file) as archive:
        if _is_workbook(archive):
            _check_workbook(archive)
            file.seek(0)
            yield Member(name, file)
            return
        for entry in _list_files(archive):
            with _naming_errors(entry.filename):
                stream = _open_entry(archive, entry, room)
            with stream:
                yield Member(entry.filename, stream, of_archive=True)


def _open_archive(file: BinaryIO) -> zipfile.ZipFile:
    with _reporting_damage(_Packing.ZIP):
        return zipfile.ZipFile(cast("BinaryIO", _BorrowedFile(file)))


def _is_workbook(archive: zipfile.ZipFile) -> bool:
    return "[Content_Types].xml" in archive.namelist()


def _check_workbook(archive: zipfile.ZipFile) -> None:
    """Unpack a workbook once without keeping it, to check its size: its reader will hold all of it in memory.

    A reader also holds all cells up to the last one, filled or not.
    """
    room = _ByteBudget(_MAX_WORKBOOK_BYTES)
    for entry in archive.infolist():
        _check_readable(entry, archive)
        with _reporting_damage(_Packing.ZIP):
            source = archive.open(entry)
        extent = Extent()
        with _count_bytes(_Packing.ZIP, source, room) as stream:
            while part := stream.read(_BYTES_AT_ONCE):
                extent.look_at(part)
        extent.check()


def _list_files(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the entries that are files, in the archive's order; all of them can be opened."""
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise DumpError(_TOO_MANY)
    for entry in entries:
        with _naming_errors(entry.filename):
            _check_place(entry)
    files = [entry for entry in entries if _is_packed_file(entry.filename)]
    for entry in files:
        with _naming_errors(entry.filename):
            _check_readable(entry, archive)
    if not files:
        raise DumpError("The ZIP archive holds no files: pack the files with the events.")
    return files


def _check_place(entry: zipfile.ZipInfo) -> None:
    if ".." in _split_path(entry.filename) or re.match(r"[/\\]|[A-Za-z]:", entry.filename):
        raise DumpError(
            "The path of this file points outside the ZIP archive: pack the file again, only with its name."
        )
    if stat.S_IFMT(entry.external_attr >> 16) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise DumpError("This is a link, not a file: pack the file that it points to.")


def _is_packed_file(name: str) -> bool:
    """Return whether this is a file that somebody packed; folders and the files that macOS adds are not."""
    path = _split_path(name)
    return path[-1] not in {"", ".DS_Store"} and path[0] != "__MACOSX"


def _split_path(name: str) -> list[str]:
    return re.split(r"[/\\]", name)


def _check_readable(entry: zipfile.ZipInfo, archive: zipfile.ZipFile) -> None:
    if entry.flag_bits & _ENCRYPTED or entry.compress_type == _AES:
        raise DumpError("This file is encrypted: unpack it with its password, and pack it without a password.")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        method = _METHODS.get(entry.compress_type, f"method {entry.compress_type}")
        raise DumpError(
            f"This file is packed with {method}, which we cannot read: pack it as .gz, or in a ZIP archive with "
            "Deflate."
        )
    if not 0 <= entry.header_offset < archive.start_dir:
        raise _damage_error(_Packing.ZIP)


def _open_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: _ByteBudget) -> BinaryIO:
    with _reporting_damage(_Packing.ZIP):
        source = archive.open(entry)
    stream = _count_bytes(_Packing.ZIP, source, room)
    packing = _find_packing(stream.peek(4))
    if packing in {_Packing.GZIP, _Packing.ZSTANDARD}:
        return _unpack(packing, stream, room)
    return _check_not_packed_again(stream, _Packing.ZIP)


@contextmanager
def _naming_errors(name: str) -> Iterator[None]:
    try:
        yield
    except DumpError as error:
        shown = "".join(letter if letter.isprintable() else "�" for letter in name)
        raise DumpError(f"“{shown if len(shown) <= _MAX_NAME else f'{shown[:_MAX_NAME]}…'}”: {error}") from None


@contextmanager
def _reporting_damage(packing: _Packing) -> Iterator[None]:
    try:
        yield
    except _DAMAGE:
        raise _damage_error(packing) from None
    except OSError as error:
        if error.errno is not None:  # it is the disk that fails
            raise
        if "too much memory" in str(error):
            raise DumpError("The Zstandard file needs more than 128 MiB to unpack: pack it without “--long”.") from None
        raise _damage_error(packing) from None


def _damage_error(packing: _Packing) -> DumpError:
    kind = "ZIP archive or Excel workbook" if packing is _Packing.ZIP else packing
    return DumpError(f"The {kind} is damaged or incomplete: export or copy it again.")
