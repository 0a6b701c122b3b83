"""Files that are made to harm, of all kinds: small on the disk, huge or endless once somebody reads them."""

import gzip
import io
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

EVENT = (
    b'{"type":"track","event":"message.read","userId":"+254712345678","timestamp":"2026-01-20T06:30:00Z",'
    b'"context":{"channel":"whatsapp"},"properties":{"messageId":"m1"}}'
)
_HEADER = b"event,userId,timestamp,messageId"
_CELLS = "".join(
    f'<c r="{letter}1" t="inlineStr"><is><t>{name}</t></is></c>'
    for letter, name in zip("ABCD", _HEADER.decode().split(","), strict=True)
)
_SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://'
    'schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/>'
    "</sheets></workbook>",
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/'
    '2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
}


def far_cell(path: Path, chance: random.Random, _: float) -> None:
    """Write a workbook of which one cell stands far away."""
    row, column = chance.randrange(10_000, 1_048_577), _letters(chance.randrange(300, 16_385))
    _write_workbook(path, [f'<row r="1">{_CELLS}</row><row r="{row}"><c r="{column}{row}"><v>1</v></c></row>'])


def lost_cell(path: Path, chance: random.Random, _: float) -> None:
    """Write a workbook of which one cell is farther than any reader expects, or written so that it is hard to find."""
    reference = chance.choice(["XFD4294967295", "ZZZ1048576", "A18446744073709551615", "XFD1048576", "A0"])
    cell = chance.choice(['<c r="{}"><v>1</v></c>', "<c\n s='>'  r = '{}'><v>1</v></c>", '<x:c xmlns:x="y" r="{}"/>'])
    _write_workbook(path, [f'<row r="1">{_CELLS}</row><row r="2">{cell.format(reference)}</row>'])


def dense(path: Path, chance: random.Random, scale: float) -> None:
    """Write a workbook with millions of cells."""
    columns = chance.choice([20, 200, 2_500])
    rows = int(chance.uniform(0.2, 1.2) * 20_000_000 * scale) // columns
    names = [_letters(column) for column in range(1, columns + 1)]
    _write_workbook(path, (_write_row(names, row) for row in range(1, rows + 2)))


def repeated_text(path: Path, chance: random.Random, scale: float) -> None:
    """Write a workbook of which thousands of cells hold the same long text."""
    rows = int(chance.randrange(5_000, 50_000) * scale) + 100
    cells = (
        f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c><c r="B{row}" t="s"><v>0</v></c></row>'
        for row in range(1, rows)
    )
    _write_workbook(path, cells, "x" * chance.randrange(30_000, 1_000_000))


def many_columns(path: Path, chance: random.Random, scale: float) -> None:
    """Write a table with very many columns."""
    count = 3_000 + int(chance.randrange(300_000) * scale)
    names = [f"column{number}" for number in range(count)]
    if chance.random() < 0.7:
        path.write_bytes("\n".join(chance.choice(",;\t").join(row) for row in (names, ["1"] * count)).encode())
    else:
        pq.write_table(pa.table({name: [1] for name in names[:30_000]}), path)


def many_members(path: Path, chance: random.Random, scale: float) -> None:
    """Write an archive with very many members, each of them packed again, or one of gzip."""
    count = int(chance.randrange(800, 60_000) * scale) + 100
    if chance.random() < 0.4:
        path.write_bytes(gzip.compress(EVENT + b"\n") + gzip.compress(b"") * count * 20)
        return
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}.gz", gzip.compress(EVENT))


def deep(path: Path, chance: random.Random, scale: float) -> None:
    """Write JSON that nests very deeply."""
    depth = int(chance.randrange(1_000, 40_000_000) * scale) + 1_000
    opened, closed = chance.choice([(b"[", b"]"), (b'{"a":', b"}"), (b'[{"batch":', b"}]"), (b"[\n", b"]\n")])
    parts = [opened * depth, b"1", closed * depth] if chance.random() < 0.5 else [opened * depth]
    _write_packed(path, chance, [EVENT, b"\n", *parts, b"\n", EVENT] if chance.random() < 0.5 else parts)


def wide(path: Path, chance: random.Random, scale: float) -> None:
    """Write JSON with very many values."""
    count = int(chance.randrange(1_000_000, 200_000_000) * scale) + 1_000
    before, value, after = chance.choice([
        (b"[", b"0,", b"0]"),
        (b"[\n", b"{},\n", b"{}]"),
        (b'[{"batch":[', b"[],", b"0]}]"),
        (b'{"a":1,"batch":[', b"0,", b'0],"event":"x"}'),
        (EVENT + b"\n[", b"0,", b"0]\n" + EVENT),
        (b'{"a":"', b"\\\\", b'"}'),
        (b"{", b'"a":0,', b'"b":1}'),
        (b"", b"0\n{}\n", EVENT),
    ])  # fmt: skip
    _write_packed(path, chance, [before, value * count, after])


def emptiness(path: Path, chance: random.Random, scale: float) -> None:
    """Write a small archive with gigabytes of nothing."""
    before, nothing = chance.choice(
        [(EVENT, b"\n"), (_HEADER, b"\n"), (_HEADER, b",,,\n"), (EVENT, b" \n"), (b"[", b" ")]
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a", "w", force_zip64=True) as entry:
        entry.write(before + b"\n")
        part = nothing * (2**22 // len(nothing))
        for _ in range(1 + int(chance.randrange(100, 512) * scale)):
            entry.write(part)


def many_rows(path: Path, chance: random.Random, scale: float) -> None:
    """Write a small Parquet file with millions of rows."""
    rows = int(chance.randrange(1_000_000, 40_000_000) * scale) + 1_000
    values = [b"message.read", b"+254712345678", b"2026-01-20T06:30:00Z", b"m1"]
    if chance.random() < 0.5:
        values[0] = b"x" * 1_000_000
        rows //= 50
    codes = pa.array(np.zeros(rows, np.int32))
    columns = {
        name: pa.DictionaryArray.from_arrays(codes, pa.array([value.decode()]))
        for name, value in zip(_HEADER.decode().split(","), values, strict=True)
    }
    pq.write_table(pa.table(columns), path, row_group_size=rows)


def lying_parquet(path: Path, chance: random.Random, _: float) -> None:
    """Write Parquet of which some bytes, most of them lengths and counts, are others."""
    buffer = io.BytesIO()
    pq.write_table(
        pa.table(
            {
                "event": ["message.read"] * 1000,
                "userId": list(map(str, range(1000))),
                "timestamp": ["2026-01-20"] * 1000,
            }
        ),
        buffer,
    )
    content = bytearray(buffer.getvalue())
    footer = len(content) - 8 - struct.unpack("<I", content[-8:-4])[0]
    for _ in range(chance.randrange(1, 12)):
        place = chance.randrange(footer, len(content) - 4) if chance.random() < 0.8 else chance.randrange(4, footer)
        content[place] = chance.choice([0xFF, 0xFE, 0x7F, 0x80, chance.randrange(256)])
    path.write_bytes(content)


def lying_archive(path: Path, chance: random.Random, scale: float) -> None:
    """Write an archive that says wrong sizes of what it holds, or the same bytes a thousand times."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.ndjson", (EVENT + b"\n") * int(1_000_000 * scale))
    content = bytearray(buffer.getvalue())
    directory = content.rindex(b"PK\x01\x02")
    entry, count = (
        bytes(content[directory : content.rindex(b"PK\x05\x06")]),
        1 + int(chance.choice([0, 500, 900]) * scale),
    )
    said = bytearray(entry)
    for place in chance.sample([20, 24, 42], chance.randrange(3)):  # packed, unpacked, where
        said[place : place + 4] = struct.pack("<I", chance.choice([0, 1, 0x7FFFFFFF, 0xFFFFFFFE]))
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(said) * count, directory, 0)
    path.write_bytes(bytes(content[:directory]) + bytes(said) * count + end)


KINDS: dict[str, Callable[[Path, random.Random, float], None]] = {
    made.__name__: made
    for made in (
        far_cell, lost_cell, dense, repeated_text, many_columns, many_members, deep, wide, emptiness, many_rows,
        lying_parquet, lying_archive,
    )
}  # fmt: skip
"""What writes a file of a kind to a path; the last argument, from 0 to 1, says how large it may be."""


def _write_row(names: list[str], row: int) -> str:
    cells = "".join([f'<c r="{name}{row}"/>' for name in names])
    return f'<row r="{row}">{cells}</row>'


def _letters(column: int) -> str:
    """Return what spreadsheets call a column."""
    return (_letters((column - 1) // 26) if column > 26 else "") + chr(ord("A") + (column - 1) % 26)


def _write_workbook(path: Path, rows, text: str = "x") -> None:
    strings = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{text}</t></si></sst>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in {**_PARTS, "xl/sharedStrings.xml": strings}.items():
            archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(_SHEET.encode())
            for row in rows:
                sheet.write(row.encode())
            sheet.write(b"</sheetData></worksheet>")


def _write_packed(path: Path, chance: random.Random, parts: list[bytes]) -> None:
    """Write a text packed, or as it is where it is not long."""
    if sum(map(len, parts)) < 2**20 and chance.random() < 0.5:
        path.write_bytes(b"".join(parts))
        return
    with gzip.open(path, "wb", 1) as file:
        for part in parts:
            file.write(part)
