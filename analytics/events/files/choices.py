"""What people have said of the files they drop: what columns hold, and what is assumed where files do not say."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from analytics.events.contract import Assumptions
from analytics.events.tables.matching import Matching, shape
from analytics.events.tables.reading import Table
from analytics.events.tables.to_events import likely


@dataclass(frozen=True)
class Choices:
    """The zone of times without one, the country of local numbers, the order of dates, and how tables are matched.

    `matching` is that of all tables, `matchings` those of tables by their shape.
    """

    zone: str | None = None
    country: str | None = None
    day_first: bool | None = None
    matchings: Mapping[str, Matching] = field(default_factory=dict)
    matching: Matching | None = None

    @property
    def assumptions(self) -> Assumptions:
        """What validation assumes."""
        return Assumptions(zone=ZoneInfo(self.zone) if self.zone else None, country=self.country)

    @property
    def token(self) -> str:
        """What tells these choices from others, empty where there are none."""
        if self == NOTHING_SAID:
            return ""
        said = [str(self.zone), str(self.country), str(self.day_first)]
        said += [f"{known}{matching.model_dump_json()}" for known, matching in sorted(self.matchings.items())]
        said += [self.matching.model_dump_json()] if self.matching else []
        return hashlib.sha256("\x1f".join(said).encode()).hexdigest()

    def match(self, table: Table) -> Matching:
        """Return how a table is read: as it was said, else as is most likely."""
        matching = self.matching or self.matchings.get(shape(table.columns)) or likely(table)
        return matching if self.day_first is None else matching.model_copy(update={"day_first": self.day_first})


NOTHING_SAID = Choices()
