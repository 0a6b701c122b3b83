"""Tables by one thing or another, with what changed."""

import pandas as pd
from streamlit.testing.v1 import AppTest

from analytics.ui.elements import tables


def drawn(draw, *values):
    """The table that was drawn, by column."""

    def script(draw, values):
        draw(*values)

    app = AppTest.from_function(script, args=(draw, values)).run()
    assert not app.exception
    return app.dataframe[0].value.to_dict("list")


def rates(**by_name):
    columns = ["sent", "delivered", "read", "replied"]
    return pd.DataFrame.from_dict(by_name, orient="index", columns=columns)


def handoffs(*rows):
    return pd.DataFrame(rows, columns=["reason", "step", "count"])


def test_changes_of_messages_are_told_by_name_and_what_was_not_there_is_new():
    now = rates(promo=(150, 1.0, 0.6, 0.1), welcome=(10, 1.0, 0.5, 0.1))
    before = rates(gone=(7, 1.0, 0.1, 0.0), promo=(100, 1.0, 0.5, 0.1))
    table = drawn(tables.draw_message_rates, now, "Content type", before)
    assert table["Content type"] == ["promo", "welcome"]
    assert table["Change"] == ["+50 %", "new"]
    assert table["Read, change"] == ["+10.0 points", "new"]


def test_without_a_comparison_messages_have_no_changes():
    assert "Change" not in drawn(tables.draw_message_rates, rates(promo=(150, 1.0, 0.6, 0.1)), "Content type")


def test_handoffs_are_told_by_reason_and_step_with_what_changed():
    now = handoffs(("Request", "Payment", 1), ("Fraud", "Payment", 2), ("Fraud", "Login", 4))
    before = handoffs(("Fraud", "Login", 3))
    assert drawn(tables.draw_handoffs, now, before) == {
        "Reason": ["Fraud", "Request"],
        "All steps": [6, 1],
        "Change": ["+100 %", "new"],
        "“Login”": [4, 0],
        "“Payment”": [2, 1],
    }


def test_a_step_may_be_called_as_a_column_of_ours():
    assert drawn(tables.draw_handoffs, handoffs(("Fraud", "Reason", 1), ("Fraud", "All steps", 2))) == {
        "Reason": ["Fraud"],
        "All steps": [3],
        "“All steps”": [2],
        "“Reason”": [1],
    }


def test_many_reasons_and_steps_are_summed_on_the_screen_and_whole_in_the_file(monkeypatch):
    offered = []
    monkeypatch.setattr(tables, "offer_download", lambda frame, *_, **__: offered.append(frame))
    many = handoffs(*((f"reason {number}", f"step {number}", 1) for number in range(570)), ("Fraud", "card", 5))
    found = drawn(tables.draw_handoffs, many)
    assert found["Reason"][0] == "Fraud"
    assert (found["Reason"][-1], found["All steps"][-1]) == ("and 531 others", 531)
    assert len(found["Reason"]) == 41
    assert len(found) == 2 + 12 + 1
    assert sum(found["All steps"]) == 575
    assert offered[0]["Handoffs"].sum() == 575
    assert len(offered[0]) == 571


def test_a_long_text_is_cut_on_the_screen():
    found = drawn(tables.draw_handoffs, handoffs(("x" * 5_000, "y" * 5_000, 1), ("x" * 5_001, "y" * 5_001, 1)))
    assert max(map(len, found["Reason"])) == 60
    assert max(map(len, found)) < 70
    assert len(found) == 4
