"""Amounts: integers in the minor unit of their currency, never floats."""

from dataclasses import dataclass

from portal.core.errors import PortalError

# Digits after the point (ISO 4217). XOF and DJF have none: 500 is 500.
EXPONENTS = {"XOF": 0, "DJF": 0, "XAF": 0, "GNF": 0, "KMF": 0, "EUR": 2, "USD": 2}
SYMBOLS = {"XOF": "F\u00a0CFA", "XAF": "F\u00a0CFA", "DJF": "FDJ", "EUR": "€", "USD": "$"}
# What notes and coins a till of this country holds.
COUNTRIES = {
    **dict.fromkeys(("BJ", "BF", "CI", "GW", "ML", "NE", "SN", "TG"), "XOF"),
    **dict.fromkeys(("CF", "CG", "CM", "GA", "GQ", "TD"), "XAF"),
    "DJ": "DJF", "GN": "GNF", "KM": "KMF", "FR": "EUR",
}  # fmt: skip
NBSP = "\u202f"  # an ordinary space would let "10 000" turn round in a right-to-left line


class BadMoney(PortalError):
    code = "bad_money"


@dataclass(frozen=True, order=True)
class Money:
    """`amount` minor units of `currency`. :raises BadMoney: for a float or an unknown currency."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.amount, bool) or not isinstance(self.amount, int):
            raise BadMoney(f"an amount is a whole number of minor units, not {self.amount!r}")
        if self.currency not in EXPONENTS:
            raise BadMoney(f"unknown currency {self.currency!r}")

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise BadMoney(f"cannot add {other.currency} to {self.currency}")
        return Money(self.amount + other.amount, self.currency)

    def __str__(self) -> str:
        exponent = EXPONENTS[self.currency]
        whole, cents = divmod(abs(self.amount), 10**exponent)
        text = f"{whole:,}".replace(",", NBSP)
        if exponent:
            text += f",{cents:0{exponent}d}"
        sign = "-" if self.amount < 0 else ""
        return f"{sign}{text}\u00a0{SYMBOLS.get(self.currency, self.currency)}"
