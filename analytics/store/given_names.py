"""The names that people give: to keys, projects and files."""

from analytics.store.database import StoreError

NO_NUL = "A name cannot have the character NUL: type it again."
"""Why a name is refused; DuckDB would keep it, PostgreSQL cannot."""


def check_name(name: str) -> str:
    """Return a name as both databases keep it.

    Raises:
        StoreError: where it holds NUL.
    """
    if "\0" in name:
        raise StoreError(NO_NUL)
    return name
