"""Regions of phone numbers are those of `phonenumbers`, asked in another way."""

import random

import pandas as pd
import phonenumbers
import pytest
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from analytics.facts.region import find_regions

SHARED = [code for code, names in COUNTRY_CODE_TO_REGION_CODE.items() if len(names) > 1]


def randomness(seed):
    return random.Random(seed)  # noqa: S311 - nothing secret


def region(number):
    try:
        found = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return None
    return None if found == "001" else found


def assert_agreed(numbers):
    assert find_regions(pd.Index(numbers, dtype="str")).tolist() == [region(number) for number in numbers]


@pytest.mark.parametrize("calling_code", SHARED)
def test_regions_agree_on_random_numbers_of_shared_calling_codes(calling_code):
    digits = randomness(calling_code)
    numbers = [
        f"+{calling_code}{digits.randrange(10 ** (length := digits.choice((6, 7, 8, 9, 10, 11)))):0{length}}"
        for _ in range(150)
    ]
    assert_agreed(numbers)


@pytest.mark.parametrize("calling_code", SHARED)
def test_regions_agree_on_numbers_like_the_examples_of_each_region(calling_code):
    digits = randomness(calling_code)
    numbers = []
    for name in COUNTRY_CODE_TO_REGION_CODE[calling_code]:
        for kind in phonenumbers.PhoneNumberType.values():
            if example := phonenumbers.example_number_for_type(name, kind):
                number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
                numbers += [
                    number,
                    *(number[:-end] + f"{digits.randrange(10**end):0{end}}" for end in (1, 3, 5)),
                ]
    assert_agreed(numbers)


def test_regions_agree_on_random_numbers_of_any_calling_code():
    digits = randomness(0)
    assert_agreed([f"+{digits.randrange(10**7, 10**12)}" for _ in range(2_000)])


def test_no_numbers_have_no_regions():
    assert find_regions(pd.Index([], dtype="str")).tolist() == []
