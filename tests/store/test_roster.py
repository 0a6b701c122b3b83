"""Agents’ names and teams are read from whatever table holds them."""

import pytest

from analytics.store.preferences import Agent
from analytics.store.roster import RosterError, read_roster

AMINA, CHIDI = Agent(name="Amina", team="Sales"), Agent(name="Chidi", team="Support")


@pytest.mark.parametrize(
    "text",
    [
        "agentId,name,team\na1,Amina,Sales\na2,Chidi,Support\n",
        "Agent ID;Full name;Team\r\na1;Amina;Sales\r\na2;Chidi;Support\r\n",
        "team\tid\tdisplay_name\tphone\nSales\ta1\tAmina\t1\nSupport\ta2\tChidi\t2\n",
        'department|"agent"|name\nSales|a1|"  Amina "\n\nSupport|a2|Chidi',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_columns_are_found_by_name_whatever_separates_them(text, encoding):
    assert read_roster(text.encode(encoding)).agents == {"a1": AMINA, "a2": CHIDI}


def test_a_roster_says_from_which_columns_it_is_and_which_rows_count_for_nothing():
    found = read_roster(b"Agent,Name\na1,Ann\n,Nobody\na1,Amina\n")
    assert found.columns == {"agentId": "Agent", "name": "Name"}
    assert found.agents == {"a1": Agent(name="Amina")}
    assert (found.without_id, found.repeated) == (1, 1)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"hello", "not a table"),
        (b"", "not a table"),
        (b"name,team\nAmina,Sales\n", "needs a column agentId"),
        (b"agentId,phone\na1,1\n", "It has: agentId, phone"),
        (b"agentId,name\n,Amina\n", "No row names an agent"),
        (b"agentId,name\na1," + b"x" * 101 + b"\n", "a1: A name may have up to 100 characters"),
        (b"PAR1 damaged", "damaged|cut"),
    ],
)
def test_what_is_no_roster_is_refused_in_words(data, said):
    with pytest.raises(RosterError, match=said):
        read_roster(data)
