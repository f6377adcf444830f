"""The cashier's drawer on the screen: what it should hold, and what was counted."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from eservices.payments import services as payments
from eservices.payments.models import TillSession
from portal.accounts.models import Office, User
from portal.core import faults
from portal.core.money import EXPONENTS, Money


@dataclass(frozen=True)
class Drawer:
    """One till in words; of a closed one, what was missing or too much."""

    till: TillSession

    @classmethod
    def open_for(cls, cashier: User, office: Office) -> "Drawer | None":
        till = payments.current_till(cashier, office)
        return cls(till) if till else None

    @property
    def opening(self) -> Money:
        return self._money(self.till.opening)

    @property
    def expected(self) -> Money:
        known = self.till.expected
        return self._money(payments.expected_in(self.till) if known is None else known)

    @property
    def counted(self) -> Money | None:
        return None if self.till.counted is None else self._money(self.till.counted)

    @property
    def difference(self) -> Money | None:
        """What is too much or missing; None while open, or when it is right."""
        return self._money(self.till.difference) if self.till.difference else None

    def _money(self, amount: int) -> Money:
        return Money(amount, self.till.currency)


class CountForm(forms.Form):
    """What lies in the drawer, counted by hand."""

    counted = forms.CharField(
        label=_("Counted in the drawer"),
        help_text=_("Notes and coins, in all. For example 25 000."),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, currency: str, data: Any = None) -> None:
        super().__init__(data)
        self.currency = currency

    def clean_counted(self) -> int:
        """Return the amount in minor units, however its thousands are written."""
        text = "".join(self.cleaned_data["counted"].split()).replace(",", ".")
        whole, _point, cents = text.partition(".")
        places = EXPONENTS[self.currency]
        is_number = whole.isascii() and whole.isdigit() and len(whole) <= 12
        if not is_number or len(cents) > places or (cents and not cents.isdigit()):
            raise forms.ValidationError(_("Write the amount in figures, for example 25 000."))
        return int(whole) * 10**places + int((cents or "0").ljust(places, "0"))

    def summary(self) -> list[dict[str, str]]:
        """Return the faults for the box above the form, each with a link to its field."""
        return faults.summary(self)


class CloseForm(CountForm):
    """The last count of the day, and why it is not what it should be."""

    note = forms.CharField(
        label=_("Why it differs"),
        help_text=_("Only when the count is not what the till should hold. The chief reads it."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
