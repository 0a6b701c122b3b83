"""Tables as earlier versions of the program made them."""

from sqlalchemy import text, update

from analytics.store.schema import UPGRADES
from analytics.store.tables import schema_version

MADE_BY = {
    "_learn_of_failures": (),
    "_add_left_out": ("TABLE left_out",),
    "_add_people": ("TABLE people", "TABLE roles", "TABLE sign_ins", "TABLE audit"),
    "_add_read_keys": ("TABLE read_keys",),
    "_add_customers": ("TABLE links", "TABLE linked_ids", "COLUMN customer"),
}
"""What the latest upgrades add, by their names."""


def take_back(connection, first):
    """Make the tables those of before an upgrade, without what it and all later ones add."""
    names = [upgrade.__name__ for upgrade in UPGRADES]
    for name in names[names.index(first) :]:
        for made in MADE_BY[name]:
            connection.execute(text(f"ALTER TABLE events DROP {made}" if made.startswith("COLUMN") else f"DROP {made}"))
    connection.execute(update(schema_version).values(version=1 + names.index(first)))
