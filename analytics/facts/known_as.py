"""Known as: under which of their ids customers are shown."""

import numpy as np
import pandas as pd

from analytics.facts.shard import Shard
from analytics.facts.timeline import Ints, category_codes


def known_as(shard: Shard, customers: Ints) -> list[str]:
    """Return the id under which each customer is shown, a code of `Facts.customer`.

    It is the phone of their newest event under a phone, else the id of their newest event.
    """
    ids = shard.frame["user_id"].cat.categories
    return [str(known) for known in ids[shard.keep(_find_shown)[customers]]]


def _find_shown(shard: Shard) -> Ints:
    """Return for each customer the code of the id under which they are shown."""
    facts, ids = shard.facts, shard.frame["user_id"].cat.categories
    shown = np.arange(len(ids))
    several = np.bincount(facts.customer, minlength=len(ids)) > 1
    if not several.any():
        return shown
    places = np.flatnonzero(several[facts.chat_owner][facts.events.chat])
    owner, user = (
        facts.chat_owner[facts.events.chat[places]],
        category_codes(shard.frame["user_id"])[facts.events.row[places]],
    )
    own = facts.customer[user] == owner  # a status of theirs may name somebody else
    found = pd.DataFrame({"owner": owner[own], "user": user[own], "time": facts.events.time[places[own]]})
    found["id"] = ids.to_numpy(object)[found["user"]]
    found["phone"] = found["id"].str.startswith("+")
    newest = found.sort_values(["phone", "time", "id"], kind="stable").drop_duplicates("owner", keep="last")
    shown[newest["owner"]] = newest["user"]
    return shown
