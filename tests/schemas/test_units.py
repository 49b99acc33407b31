from decimal import Decimal

import pytest

from schemas.units import convert_count, convert_money


@pytest.mark.parametrize(
    ("value", "unit", "published"),
    [
        ("251000", "元", "25.1"),
        ("7523.55", "万元", "7523.55"),
        ("0.75", "亿元", "7500"),
        ("0", None, "0"),
        ("12", None, None),
        ("12", "美元", None),
    ],
)
def test_money_is_converted_exactly_or_not_at_all(value, unit, published):
    assert convert_money(Decimal(value), unit) == (None if published is None else Decimal(published))


@pytest.mark.parametrize(
    ("value", "unit", "published"),
    [
        ("4.28", "万件", (Decimal("42800"), "件")),
        ("3", "件", (Decimal(3), "件")),
        ("3", "万", (Decimal(3), "万")),
        ("3", "万元", (Decimal(3), "万元")),
        ("3", "百分点", (Decimal(3), "百分点")),
        ("3", None, (Decimal(3), None)),
    ],
)
def test_count_in_multiples_is_counted_in_ones(value, unit, published):
    assert convert_count(Decimal(value), unit) == published
