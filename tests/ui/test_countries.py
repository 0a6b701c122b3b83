"""Countries are shown by the names people use."""

import pytest

from analytics.ui.countries import alpha_3, country_name


@pytest.mark.parametrize(
    ("code", "name", "three"),
    [
        ("KE", "Kenya", "KEN"),
        ("TZ", "Tanzania", "TZA"),
        ("GB", "United Kingdom", "GBR"),
        ("CI", "Côte d'Ivoire", "CIV"),
    ],
)
def test_a_country_has_a_common_name_and_three_letters(code, name, three):
    assert (country_name(code), alpha_3(code)) == (name, three)


@pytest.mark.parametrize("code", ["Unknown", "ZZ", ""])
def test_what_is_no_country_keeps_its_name_and_has_no_place_on_the_map(code):
    assert (country_name(code), alpha_3(code)) == (code, None)
