"""Dropped files: they are moved to the disk at once, so that a session does not hold their bytes in memory."""

import shutil
import tempfile
import weakref
from dataclasses import dataclass
from typing import BinaryIO, cast

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.typing import UploadedFile

from analytics.server.app_folder import shell_command
from analytics.ui.browser.session import Key
from analytics.words.importing import too_large

MAX_UPLOAD_BYTES = 2**30
_BYTES_AT_A_TIME = 2**22


@dataclass(frozen=True)
class DroppedFile:
    """A dropped file: its id and name, and its bytes on disk, which are deleted with the session."""

    file_id: str
    name: str
    size: int
    content: BinaryIO


def choose_files() -> list[DroppedFile]:
    """Draw the box for files, and return the files in it; none if they are too large together."""
    lying = st.file_uploader(
        "Files of events",
        accept_multiple_files=True,
        key="files",
        help=f"All files together may have up to 1 GB. Read larger files in a shell: `{shell_command('import FILE')}`.",
    )
    kept: dict[str, DroppedFile] = st.session_state.get(Key.IMPORT_FILES, {})
    files = [kept.get(file.file_id) or _keep_on_disk(file) for file in lying]
    st.session_state[Key.IMPORT_FILES] = {file.file_id: file for file in files}
    size = sum(file.size for file in files)
    if size > MAX_UPLOAD_BYTES:
        _refuse(size)
        return []
    return files


def _refuse(size: int) -> None:
    st.error(
        too_large(size / 2**30, shell_command("import FILE")),
        icon=":material/error:",
    )


def _keep_on_disk(file: UploadedFile) -> DroppedFile:
    """Move a file's bytes from Streamlit's memory to the disk; Streamlit keeps an empty file."""
    content = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115  # closed with the session, see below
    shutil.copyfileobj(file, content, _BYTES_AT_A_TIME)
    dropped = DroppedFile(file.file_id, file.name, file.size, content)
    weakref.finalize(dropped, content.close)
    file.truncate(0)
    context = get_script_run_ctx()
    if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        emptied = UploadedFileRec(file.file_id, file.name, file.type, b"")
        context.uploaded_file_mgr.add_file(context.session_id, emptied)
    return dropped
