"""Matchings that a project remembers, by the shape of the tables they are for."""

from collections.abc import Mapping

from analytics.events.tables.matching import Matching
from analytics.store.event_store import open_store
from analytics.ui.data.live import current_project
from analytics.ui.data.store_errors import catch_store_errors, keep_quiet

_NAME = "matching "


def read_mappings() -> dict[str, Matching]:
    """Return the matchings of the project that is looked at, none while the store does not answer."""
    kept = {}
    with catch_store_errors(keep_quiet):
        project = current_project()
        kept = {} if project is None else open_store().settings.of(project.id)
    return {
        name.removeprefix(_NAME): Matching.model_validate(value)
        for name, value in kept.items()
        if name.startswith(_NAME)
    }


def keep_mappings(matchings: Mapping[str, Matching]) -> None:
    """Keep matchings with the project that is looked at.

    Raises:
        StoreError: where the store does not answer.
    """
    project = current_project()
    if project is not None and matchings:
        said = {f"{_NAME}{shape}": matching.model_dump(by_alias=True) for shape, matching in matchings.items()}
        open_store().settings.change(project.id, said)
