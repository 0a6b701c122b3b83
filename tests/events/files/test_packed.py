"""Packed files: what they hold comes out in bounded memory; what is damaged or a trap is refused in words."""

import gzip
import io
import json
import os
import shutil
import stat
import struct
import subprocess
import sys
import zipfile
from contextlib import closing, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.events.contract import Assumptions
from analytics.events.dump_error import DumpError
from analytics.events.files.contents import contents
from analytics.events.files.dump import read_dump
from analytics.events.files.packed import unpack_members
from analytics.events.validate import validate
from tests.events.files.packing import zipped, zstandard

TEXT = b'{"event": "x"}\n{"event": "y"}\n'
OTHER = b"event,userId\n"
DAMAGED = "is damaged or incomplete: export or copy it again."
DAMAGED_ZIP = f"The ZIP archive or Excel workbook {DAMAGED}"


def skipped(content):
    """A frame that Zstandard passes over."""
    return b"\x5a\x2a\x4d\x18" + struct.pack("<I", len(content)) + content


def marked(archive, *, flags=None, method=None):
    """An archive of one file whose headers say that it was packed in another way."""
    changed = bytearray(archive)
    for start in (0, archive.rindex(b"PK\x01\x02") + 2):
        if flags is not None:
            struct.pack_into("<H", changed, start + 6, flags)
        if method is not None:
            struct.pack_into("<H", changed, start + 8, method)
    return bytes(changed)


def entry(name, mode):
    """An entry of a Unix file of a mode."""
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def workbook():
    return zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})


def held(content, **options):
    """Names and contents of what a file holds."""
    found = []
    for member in unpack_members(io.BytesIO(content), "file", **options):
        with member.naming():
            found.append((member.name, member.stream.read()))
    return found


class TestWhatComesOut:
    """Every way of packing gives back what was packed."""

    @pytest.mark.parametrize("content", [TEXT, b"", b"P", b"PK", b"\x1f", b"(\xb5/"])
    def test_a_plain_file_is_its_one_member(self, content):
        assert held(content) == [("file", content)]

    @pytest.mark.parametrize(
        "packed",
        [
            gzip.compress(TEXT),
            gzip.compress(TEXT[:9]) + gzip.compress(b"") + gzip.compress(TEXT[9:]),
            gzip.compress(TEXT) + bytes(100),
            zstandard(TEXT),
            zstandard(TEXT[:9]) + zstandard(b"") + zstandard(TEXT[9:]),
            skipped(b"index") + zstandard(TEXT),
            zstandard(TEXT[:9]) + skipped(bytes(100_000)) + zstandard(TEXT[9:]) + skipped(b""),
        ],
        ids=["gzip", "gzip members", "gzip and padding", "zst", "zst frames", "zst after a skipped frame", "zst index"],
    )
    def test_gzip_and_zstandard_give_back_what_was_packed(self, packed):
        assert held(packed) == [("file", TEXT)]

    @pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
    def test_a_zip_gives_its_files_in_its_order(self, method):
        assert held(zipped({"b.json": TEXT, "a/c.csv": OTHER}, method)) == [("b.json", TEXT), ("a/c.csv", OTHER)]

    def test_members_of_a_zip_may_be_packed_themselves(self):
        packed = zipped({"a.gz": gzip.compress(TEXT), "b.zst": zstandard(OTHER), "c.xlsx": workbook()})
        assert held(packed) == [("a.gz", TEXT), ("b.zst", OTHER), ("c.xlsx", workbook())]

    def test_folders_and_what_systems_add_are_left_out(self):
        extras = ["a/", "b\\", "__MACOSX/._a.json", ".DS_Store", "a/.DS_Store", "?"]
        packed = zipped({**dict.fromkeys(extras, b""), "a/b.json": TEXT}).replace(b"?", b"\0")  # an empty name
        assert held(packed) == [("a/b.json", TEXT)]

    @pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard], ids=["plain", "gzip", "zst"])
    def test_a_workbook_is_passed_on_as_it_is(self, pack):
        assert held(pack(workbook())) == [("file", workbook())]

    @pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard, lambda content: zipped({"a": content})])
    @pytest.mark.parametrize("content", [b"PAR1 and more", workbook()], ids=["Parquet", "workbook"])
    def test_what_needs_it_can_be_read_in_any_order(self, pack, content):
        with closing(unpack_members(io.BytesIO(pack(content)), "file")) as found:
            stream = next(found).stream
            assert [stream.seek(3), stream.read()] == [3, content[3:]]
            assert [stream.seek(0), stream.read()] == [0, content]

    def test_names_may_hold_two_dots_and_colons(self):
        names = ["a..b.json", "..a", "Export 12:30.json", "été.json"]
        assert [name for name, _ in held(zipped(dict.fromkeys(names, TEXT)))] == names

    @pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard, lambda text: zipped({"a": text})])
    def test_the_file_stays_open_and_may_be_read_again(self, pack):
        file = io.BytesIO(pack(TEXT))
        for _ in range(2):
            file.seek(1)
            assert [member.stream.read() for member in unpack_members(file, "file")] == [TEXT]
        assert not file.closed

    @pytest.mark.parametrize("pack", [gzip.compress, zstandard, lambda text: zipped({"a": text})])
    def test_a_file_is_read_only_as_far_as_needed(self, pack):
        content = os.urandom(4 * 2**20)
        file = io.BytesIO(pack(content))
        found = unpack_members(file, "file")
        member = next(found)
        assert member.stream.read(1) == content[:1]
        assert file.tell() < 2**20
        assert member.stream.read() == content[1:]
        assert file.tell() >= len(content)


@pytest.mark.skipif(shutil.which("zstd") is None, reason="needs zstd")
def test_a_zstandard_file_that_takes_much_memory_is_refused():
    command = ["zstd", "--ultra", "--long=31", "-1", "-c"]
    packed = subprocess.run(command, input=bytes(2**20), capture_output=True, check=True).stdout
    with pytest.raises(DumpError, match=r"needs more than 128 MiB to unpack: pack it without “--long”\.$"):
        held(packed)


def nested(inner, outer):
    return f"This is a {inner} within a {outer}: unpack it first."


LEADS_OUT = "The path of this file points outside the ZIP archive: pack the file again, only with its name."
LINK = "This is a link, not a file: pack the file that it points to."
ENCRYPTED = "This file is encrypted: unpack it with its password, and pack it without a password."
NO_FILES = "The ZIP archive holds no files: pack the files with the events."
TOO_MANY = "The ZIP archive holds more than 1,000 entries: split it."


def by(method):
    return (
        f"“a.json”: This file is packed with {method}, which we cannot read: pack it as .gz, or in a ZIP archive with "
        "Deflate."
    )


PLAIN_ZIP = zipped({"a.json": TEXT})
REFUSED = {
    "fake gzip": (b"\x1f\x8bno gzip", f"The gzip file {DAMAGED}"),
    "fake zst": (b"\x28\xb5\x2f\xfdno zst", f"The Zstandard file {DAMAGED}"),
    "fake zip": (b"PK\x03\x04no zip", DAMAGED_ZIP),
    "gzip and noise": (gzip.compress(TEXT) + b"noise", f"The gzip file {DAMAGED}"),
    "zst and noise": (zstandard(TEXT) + b"noise", f"The Zstandard file {DAMAGED}"),
    "spoilt gzip": (gzip.compress(TEXT)[:-8] + bytes(8), f"The gzip file {DAMAGED}"),
    "spoilt zip": (PLAIN_ZIP.replace(b"PK\x01\x02", b"PK\x01\x03"), DAMAGED_ZIP),
    "a member that is elsewhere": (PLAIN_ZIP.replace(b"a.json", b"b.json", 1), f"“a.json”: {DAMAGED_ZIP}"),
    "a spoilt member": (
        zipped({"a.json": TEXT, "b.json": OTHER}, zipfile.ZIP_STORED).replace(OTHER, OTHER.upper()),
        f"“b.json”: {DAMAGED_ZIP}",
    ),
    "a spoilt gzip member": (zipped({"b.gz": b"\x1f\x8bno"}), f"“b.gz”: The gzip file {DAMAGED}"),
    "gzip in gzip": (gzip.compress(gzip.compress(TEXT)), nested("gzip file", "gzip file")),
    "zst in gzip": (gzip.compress(zstandard(TEXT)), nested("Zstandard file", "gzip file")),
    "gzip in zst": (zstandard(gzip.compress(TEXT)), nested("gzip file", "Zstandard file")),
    "zip in gzip": (gzip.compress(PLAIN_ZIP), nested("ZIP archive", "gzip file")),
    "zip in zip": (zipped({"b.zip": PLAIN_ZIP}), f"“b.zip”: {nested('ZIP archive', 'ZIP archive')}"),
    "empty zip in zip": (zipped({"b.zip": zipped({})}), f"“b.zip”: {nested('ZIP archive', 'ZIP archive')}"),
    "gzip in gzip in zip": (
        zipped({"b.gz": gzip.compress(gzip.compress(TEXT))}),
        f"“b.gz”: {nested('gzip file', 'gzip file')}",
    ),
    "zip in gzip in zip": (
        zipped({"b.gz": gzip.compress(PLAIN_ZIP)}),
        f"“b.gz”: {nested('ZIP archive', 'gzip file')}",
    ),
    "encrypted": (marked(PLAIN_ZIP, flags=0x1), f"“a.json”: {ENCRYPTED}"),
    "strongly encrypted": (marked(PLAIN_ZIP, flags=0x41), f"“a.json”: {ENCRYPTED}"),
    "AES": (marked(PLAIN_ZIP, method=99), f"“a.json”: {ENCRYPTED}"),
    "Deflate64": (marked(PLAIN_ZIP, method=9), by("Deflate64")),
    "bzip2": (zipped({"a.json": TEXT}, zipfile.ZIP_BZIP2), by("bzip2")),
    "LZMA": (zipped({"a.json": TEXT}, zipfile.ZIP_LZMA), by("LZMA")),
    "an unknown method": (marked(PLAIN_ZIP, method=77), by("method 77")),
    "a path up": (zipped({"../a.json": TEXT}), f"“../a.json”: {LEADS_OUT}"),
    "a path up within": (zipped({"a/../../b.json": TEXT}), f"“a/../../b.json”: {LEADS_OUT}"),
    "a path up by backslashes": (zipped({"a\\..\\..\\b.json": TEXT}), f"“a\\..\\..\\b.json”: {LEADS_OUT}"),
    "an absolute path": (zipped({"/etc/a.json": TEXT}), f"“/etc/a.json”: {LEADS_OUT}"),
    "a share": (zipped({"\\\\host\\a.json": TEXT}), f"“\\\\host\\a.json”: {LEADS_OUT}"),
    "a drive": (zipped({"C:\\a.json": TEXT}), f"“C:\\a.json”: {LEADS_OUT}"),
    "a folder up": (zipped({"a.json": TEXT, "../": b""}), f"“../”: {LEADS_OUT}"),
    "a link": (zipped([(entry("a.json", stat.S_IFLNK | 0o777), b"/etc/passwd")]), f"“a.json”: {LINK}"),
    "a device": (zipped([(entry("a.json", stat.S_IFCHR | 0o666), b"")]), f"“a.json”: {LINK}"),
    "a name with an escape": (
        zipped({"../\x1b[31m\n" + "a" * 300: TEXT}),
        f"“../�[31m�{'a' * 191}…”: {LEADS_OUT}",
    ),
    "an empty zip": (zipped({}), NO_FILES),
    "folders alone": (zipped({"a/": b"", "__MACOSX/b": b"", ".DS_Store": b""}), NO_FILES),
    "1,001 entries": (zipped({f"{number}.json": b"" for number in range(1_001)}), TOO_MANY),
    "a long directory": (zipped({f"{number}{'a' * 60_000}": b"" for number in range(20)}), TOO_MANY),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_damaged_or_a_trap_is_refused_with_what_was_found_and_what_to_do(name):
    content, message = REFUSED[name]
    with pytest.raises(DumpError) as refused:
        held(content)
    assert str(refused.value) == message


def test_a_thousand_entries_are_taken():
    assert len(held(zipped({f"{number}.json": b"" for number in range(1_000)}))) == 1_000


def test_nothing_comes_out_of_an_archive_with_one_trap():
    with pytest.raises(DumpError):
        next(unpack_members(io.BytesIO(zipped({"a.json": TEXT, "../b.json": TEXT})), "file"))


PACKED = {
    "gzip": gzip.compress(TEXT),
    "zst": zstandard(TEXT),
    "zip": PLAIN_ZIP,
    "files of a zip": zipped({"a": TEXT[:15], "b": TEXT[15:]}),
}


class TestLimit:
    """What comes out is counted, whatever a file declares."""

    @pytest.mark.parametrize("kind", PACKED)
    def test_a_file_may_hold_just_as_much_as_the_limit(self, kind):
        assert b"".join(content for _, content in held(PACKED[kind], limit=len(TEXT))) == TEXT
        with pytest.raises(DumpError, match=r"The file is too large once unpacked, over .* GiB: split it\.$"):
            held(PACKED[kind], limit=len(TEXT) - 1)

    def test_a_plain_file_may_be_larger(self):
        assert held(TEXT, limit=1) == [("file", TEXT)]

    def test_sizes_that_are_declared_too_small_are_not_trusted(self):
        packed = bytearray(zipped({"a": bytes(1_000)}))
        for place in (22, packed.rindex(b"PK\x01\x02") + 24):
            struct.pack_into("<I", packed, place, 10)
        with pytest.raises(DumpError, match=r"^“a”: The ZIP archive or Excel workbook is damaged"):
            held(bytes(packed))

    def test_files_that_share_their_bytes_are_each_counted(self):
        packed = zipped({"a": bytes(1_000)})
        start, end = packed.rindex(b"PK\x01\x02"), packed.rindex(b"PK\x05\x06")
        directory = packed[start:end] * 100
        trailer = packed[end : end + 8] + struct.pack("<HHIIH", 100, 100, len(directory), start, 0)
        shared = packed[:start] + directory + trailer
        try:
            archive = zipfile.ZipFile(io.BytesIO(shared))
            archive.open(archive.infolist()[-1]).close()
        except zipfile.BadZipFile:  # newer Pythons refuse such an archive
            with pytest.raises(DumpError) as refused:
                held(shared)
            assert str(refused.value) == f"“a”: {DAMAGED_ZIP}"
            return
        assert len(held(shared)) == 100
        with pytest.raises(DumpError, match="too large once unpacked"):
            held(shared, limit=99_999)

    def test_packed_members_that_hold_nothing_count_too(self):
        with pytest.raises(DumpError, match="too large once unpacked"):
            held(zipped({"a.gz": gzip.compress(b"") * 10_000}), limit=100_000)

    @pytest.mark.parametrize("kind", ["gz", "zst", "zip", "xlsx in zip"])
    def test_a_bomb_of_200_mb_is_found_in_little_memory(self, kind, tmp_path):
        bomb = bytes(200_000_000)
        packed = {
            "gz": lambda: gzip.compress(bomb, 1),
            "zst": lambda: zstandard(bomb),
            "zip": lambda: zipped({"a.json": bomb}),
            "xlsx in zip": lambda: zipped({"a.xlsx": b"PK\x03\x04" + bomb}),
        }[kind]()
        path = tmp_path / "bomb"
        path.write_bytes(packed)
        found = subprocess.run([sys.executable, "-c", MEASURE, path], capture_output=True, text=True, check=True)
        message, grown = found.stdout.splitlines()
        assert "too large once unpacked" in message
        assert int(grown) < 20 * 2**20


MEASURE = """
import resource, sys
from analytics.events.dump_error import DumpError
from analytics.events.files.packed import unpack_members
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
before = peak()
try:
    with open(sys.argv[1], "rb") as file:
        for member in unpack_members(file, "bomb", limit=190_000_000):
            while member.stream.read(2**20):
                pass
except DumpError as error:
    print(error)
print(peak() - before)
"""

SMALL = {
    "gzip": gzip.compress(TEXT),
    "zst": zstandard(TEXT),
    "zip": zipped({"a.json": TEXT, "b.gz": gzip.compress(OTHER), "c.zst": zstandard(OTHER)}),
    "stored": zipped({"a.json": TEXT, "b.json": OTHER}, zipfile.ZIP_STORED),
    "workbook": workbook(),
    "workbook in zip": zipped({"a.xlsx": workbook()}),
}


@pytest.mark.parametrize("kind", SMALL)
def test_a_file_cut_anywhere_is_refused(kind):
    packed = SMALL[kind]
    for length in range(len(packed)):
        with pytest.raises(DumpError):
            list(read_dump(io.BytesIO(packed[:length])))
        if length >= 4:  # the mark is whole
            with pytest.raises(DumpError, match="is damaged or incomplete"):
                held(packed[:length])


def test_zstandard_without_a_frame_holds_nothing():
    assert held(skipped(b"index")) == [("file", b"")]


@pytest.mark.parametrize("kind", SMALL)
@given(data=st.data())
def test_a_file_spoilt_anywhere_is_read_or_refused(kind, data, tmp_path_factory):
    packed = bytearray(SMALL[kind])
    places = st.integers(0, len(packed) - 1)
    for place, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=6)):
        packed[place] = value
    path = tmp_path_factory.getbasetemp() / "spoilt"
    path.write_bytes(packed)
    for opened in (lambda: io.BytesIO(packed), lambda: path.open("rb")):
        with opened() as file, suppress(DumpError):
            for member in unpack_members(file, "file", limit=10_000):
                member.stream.read()


def test_the_disks_faults_are_not_the_files():
    class Failing(io.BytesIO):
        def read(self, size=-1):
            if self.tell() >= 4:
                raise OSError(5, "Input/output error")
            return super().read(size)

    for content in (gzip.compress(TEXT), zstandard(TEXT)):
        with pytest.raises(OSError, match="Input/output error"):
            list(unpack_members(Failing(content), "file"))


class TestDumps:
    """Packed dumps are read like plain ones."""

    NOW = Assumptions()

    @staticmethod
    def lines(event_of, *numbers):
        return b"".join(
            json.dumps(event_of("message.read", {"messageId": f"m{number}"})).encode() + b"\n" for number in numbers
        )

    def places(self, content):
        found = validate(read_dump(io.BytesIO(content)), self.NOW)
        assert found.rejected == []
        return list(zip(found.events["message_id"], found.events["line"], strict=True))

    @pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard, lambda text: zipped({"a": text})])
    def test_how_a_dump_is_packed_does_not_matter(self, pack, event_of):
        assert self.places(pack(self.lines(event_of, 1, 2))) == [("m1", 1), ("m2", 2)]

    def test_the_files_of_an_archive_are_read_in_turn_with_lines_of_their_own(self, event_of):
        document = json.dumps([json.loads(self.lines(event_of, 3))], indent=2).encode()
        packed = zipped({"b.ndjson": self.lines(event_of, 1, 2), "a.json": document, "c.gz": gzip.compress(document)})
        found = validate(read_dump(io.BytesIO(packed)), self.NOW)
        assert list(zip(found.events["message_id"], found.events["line"], strict=True)) == [
            ("m1", 1),
            ("m2", 2),
            ("m3", 2),
        ]
        assert found.duplicates == 1

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", "“b”: The file is empty."),
            (b"[]", "“b”: The file holds no events."),
            (b"%PDF-1", "“b”: This is a PDF"),
        ],
    )
    def test_a_file_of_an_archive_that_cannot_be_used_is_named(self, content, message, event_of):
        with pytest.raises(DumpError) as refused:
            list(read_dump(io.BytesIO(zipped({"a": self.lines(event_of, 1), "b": content}))))
        assert str(refused.value).startswith(message)

    def test_what_is_damaged_is_named(self, event_of):
        packed = zipped({"b": self.lines(event_of, 1)}, zipfile.ZIP_STORED).replace(b"m1", b"m2")
        with pytest.raises(DumpError, match=r"^“b”: The ZIP archive or Excel workbook is damaged"):
            list(read_dump(io.BytesIO(packed)))

    def test_progress_grows_to_the_whole(self, event_of):
        packed = zipped({f"{number}.json": self.lines(event_of, number) for number in range(20)})
        heard = []
        list(read_dump(io.BytesIO(packed), heard.append))
        assert heard == sorted(heard)
        assert len(heard) == 21
        assert heard[-1] == 1.0

    @pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard, lambda text: zipped({"a": text})])
    def test_a_table_may_be_packed(self, pack):
        [content] = contents(io.BytesIO(pack(b"event,userId,timestamp\nmessage.read,+254712345678,2026-01-20\n")))
        assert content.sample.column_names == ["event", "userId", "timestamp"]
        assert content.sample["userId"].to_pylist() == ["+254712345678"]

    def test_every_table_of_an_archive_is_found(self, event_of):
        files = {"a.csv": b"id,phone\n1,2\n", "b.ndjson": self.lines(event_of, 1), "c.csv": b"who,when\n3,4\n"}
        found = [
            (content.name, content.sample and content.sample.column_names)
            for content in contents(io.BytesIO(zipped(files)))
        ]
        assert found == [("a.csv", ["id", "phone"]), ("b.ndjson", None), ("c.csv", ["who", "when"])]
