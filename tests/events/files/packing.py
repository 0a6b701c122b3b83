"""Contents packed as people pack their exports."""

import io
import zipfile

import pyarrow as pa


def zstandard(content):
    packed = pa.BufferOutputStream()
    with pa.CompressedOutputStream(packed, "zstd") as stream:
        stream.write(content)
    return packed.getvalue().to_pybytes()


def zipped(contents, method=zipfile.ZIP_DEFLATED):
    """An archive of files by name, or of pairs of an entry and a content; made twice, its bytes are the same."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in contents.items() if isinstance(contents, dict) else contents:
            entry = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name)  # of 1980, not of now
            archive.writestr(entry, content, method)
    return packed.getvalue()
