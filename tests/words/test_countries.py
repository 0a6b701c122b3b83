"""Countries are shown by the names people use."""

import pandas as pd
import phonenumbers
import pytest

from analytics.facts.region import find_regions
from analytics.words.countries import alpha_3, country_name


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


@pytest.mark.parametrize(
    ("phone", "name"),
    [("+38344123456", "Kosovo"), ("+24740123", "Ascension Island"), ("+2908123", "Tristan da Cunha")],
)
def test_a_region_of_phone_numbers_without_a_code_of_its_own_has_its_name(phone, name):
    assert [country_name(code) for code in find_regions(pd.Index([phone]))] == [name]


def test_every_region_of_phone_numbers_has_a_name():
    assert [code for code in phonenumbers.SUPPORTED_REGIONS if country_name(code) == code] == []


@pytest.mark.parametrize("code", ["Unknown", "ZZ", ""])
def test_what_is_no_country_keeps_its_name_and_has_no_place_on_the_map(code):
    assert (country_name(code), alpha_3(code)) == (code, None)
