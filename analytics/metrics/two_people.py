"""Two people? Customers whom links make of ids that may be several people's. They are counted as one all the same."""

from datetime import timedelta

import numpy as np
import pandas as pd

from analytics.events.customer_id import canonical
from analytics.events.customers import count_ids, leave_out_test_links
from analytics.facts.known_as import known_as
from analytics.facts.shard import Shard
from analytics.facts.timeline import RECEIVED, Ints, category_codes
from analytics.metrics.parties import find_first_ids
from analytics.metrics.question import listed_by
from analytics.metrics.selection import Selection
from analytics.metrics.tally import Page, TopRows

MOST_IDS = 5
"""Hardly anybody is known by more ids."""

_A_DAY = timedelta(hours=24) // timedelta(microseconds=1)


def _take_two_people(selection: Selection, page: Page) -> TopRows:
    found = selection.shard.keep(_find_two_people)
    ids = selection.shard.frame["user_id"].cat.categories
    first = ids[selection.shard.keep(find_first_ids)[found.index]]
    order = pd.DataFrame({"ids": -found["ids"].to_numpy(), "id": first.to_numpy(object)}, found.index)
    return TopRows(len(order), order.sort_values(["ids", "id"]).head(page.end), page)


@listed_by(_take_two_people)
def list_two_people(selection: Selection, customers: Ints, page: Page) -> pd.DataFrame:  # noqa: ARG001
    """Return the customers who may be two people, those with the most ids first, whatever the filter.

    `user` is the id under which they are shown, `ids` (int64) how many ids they are known by, both spellings of a
    number as one; `both_wrote` says whether two phones of theirs wrote within 24 hours.
    """
    found = selection.shard.keep(_find_two_people).loc[customers]
    return found.reset_index(drop=True).assign(user=known_as(selection.shard, customers))


def _find_two_people(shard: Shard) -> pd.DataFrame:
    """Return `ids` and `both_wrote` of customers who may be two people, by the code of each."""
    facts, users = shard.facts, shard.frame["user_id"].cat.categories
    links = shard.links if facts.rules.include_test else leave_out_test_links(shard.links)
    if links.empty:
        return pd.DataFrame({"ids": np.zeros(0, np.int64), "both_wrote": np.zeros(0, np.bool_)})
    occurs = np.zeros(len(facts.chat_owner), np.bool_)
    occurs[facts.events.chat] = True
    customers = np.unique(facts.chat_owner[occurs])
    found = pd.DataFrame({"ids": count_ids(users, links)[customers].astype(np.int64)}, customers)
    found["both_wrote"] = np.isin(customers, _find_both_writing(shard))
    return found[(found["ids"] > MOST_IDS) | found["both_wrote"]]


def _find_both_writing(shard: Shard) -> Ints:
    """Return the customers of whom two phones wrote within 24 hours."""
    facts, users = shard.facts, shard.frame["user_id"].cat.categories
    several = np.bincount(facts.customer, minlength=len(users)) > 1
    rows = facts.events
    wrote = (rows.cells.table["kind"] == RECEIVED).to_numpy()[rows.cells.code]
    places = np.flatnonzero(wrote & several[facts.chat_owner][rows.chat])
    if not len(places):
        return np.zeros(0, np.int64)
    user = category_codes(shard.frame["user_id"])[rows.row[places]]
    told = pd.DataFrame(
        {
            "customer": facts.chat_owner[rows.chat[places]],
            "time": rows.time[places],
            "phone": [canonical(str(known)) for known in users[user]],
        }
    )
    told = told[told["phone"].str.startswith("+")].sort_values(["customer", "time", "phone"], ignore_index=True)
    before = told.shift()
    both = (told["customer"] == before["customer"]) & (told["phone"] != before["phone"])
    both &= told["time"] - before["time"] <= _A_DAY
    found: Ints = told["customer"][both].unique()
    return found
