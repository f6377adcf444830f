import pytest
from django.core.exceptions import ValidationError

from portal.accounts.errors import BadPhone
from portal.accounts.phones import PhoneField, parse_phone, readable_phone


@pytest.mark.parametrize(
    ("typed", "region", "expected"),
    [
        ("77 83 10 01", "DJ", "+25377831001"),
        ("+253 77.83.10.01", "DJ", "+25377831001"),
        ("00253-77831001", "DJ", "+25377831001"),
        ("٧٧٨٣١٠٠١", "DJ", "+25377831001"),
        ("+٢٥٣ ٧٧٨٣١٠٠١", "DJ", "+25377831001"),
        ("０１ 97 00 00 01", "BJ", "+2290197000001"),
        ("+229 01 97 00 00 01", "DJ", "+2290197000001"),
        ("70 12 34 56", "BF", "+22670123456"),
        ("07 00 00 00 01", "CI", "+2250700000001"),
    ],
)
def test_numbers_as_people_write_them(typed: str, region: str, expected: str) -> None:
    assert parse_phone(typed, region) == expected


@pytest.mark.parametrize(
    "typed",
    ["", "abc", "12", "97000001", "+229 97000001", "7" * 300, "77831001 ext. 5", "\x00", "++"],
)
def test_anything_else_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(BadPhone, match=r"\+253"):
        parse_phone(typed)


def test_field_names_the_way_out() -> None:
    with pytest.raises(ValidationError, match=r"\+253"):
        PhoneField().clean("bonjour")
    assert PhoneField(required=False).clean("") == ""


def test_readable() -> None:
    assert readable_phone("+25377831001") == "+253 77 83 10 01"
    assert readable_phone("?") == "?"
