"""What people told us about dropped files: what the columns hold, and what to assume where a file is silent."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from analytics.events.contract import Assumptions
from analytics.events.tables.matching import Matching, shape_of
from analytics.events.tables.reading import Table
from analytics.events.tables.to_events import guess_matching


@dataclass(frozen=True)
class Choices:
    """The zone of times without one, the country of local numbers, the order of dates, and how tables are matched.

    `encoding` is that of tables that are not UTF-8; `matching` is that of all tables, `matchings` those of tables by
    their shape.
    """

    zone: str | None = None
    country: str | None = None
    day_first: bool | None = None
    matchings: Mapping[str, Matching] = field(default_factory=dict)
    matching: Matching | None = None
    encoding: str | None = None

    @property
    def assumptions(self) -> Assumptions:
        """What validation assumes."""
        return Assumptions(zone=ZoneInfo(self.zone) if self.zone else None, country=self.country)

    @property
    def token(self) -> str:
        """A text that differs for different choices; empty without any choice."""
        if self == NO_CHOICES:
            return ""
        parts = [str(self.zone), str(self.country), str(self.day_first), str(self.encoding)]
        parts += [f"{known}{matching.model_dump_json()}" for known, matching in sorted(self.matchings.items())]
        parts += [self.matching.model_dump_json()] if self.matching else []
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()

    def match(self, table: Table) -> Matching:
        """Return how a table is read: as it was said, else as is most likely."""
        matching = self.matching or self.matchings.get(shape_of(table.columns)) or guess_matching(table)
        return matching if self.day_first is None else matching.model_copy(update={"day_first": self.day_first})


NO_CHOICES = Choices()
