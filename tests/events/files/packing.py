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
    """An archive of files by name, or of pairs of an entry and a content."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in contents.items() if isinstance(contents, dict) else contents:
            archive.writestr(name, content)
    return packed.getvalue()
