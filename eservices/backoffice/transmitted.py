"""The acts that offices below sent up for control, as the superior office reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Page, Paginator
from django.utils.translation import gettext_lazy as _

from eservices.backoffice.access import Agent
from eservices.backoffice.forms import LongText
from eservices.tutelage.models import Observation, Transmission, TransmissionQuerySet
from portal.accounts.models import Office, Role
from portal.core import faults

PER_PAGE = 50


@dataclass(frozen=True)
class Received:
    """What this chief received: of one office or of all, all of it or what nobody has seen."""

    agent: Agent
    office: str
    only_unseen: bool
    number: str  # of the page

    @classmethod
    def read(cls, agent: Agent, given: Mapping[str, str]) -> "Received":
        """Return the list asked for; what makes no sense in the address is as if it were not."""
        return cls(
            agent,
            given.get("office", "")[:50],
            given.get("seen", "") == "no",
            given.get("page", "1")[:6],
        )

    @cached_property
    def offices(self) -> list[Office]:
        """The offices below, whose acts may be asked for alone."""
        own = [office for office, role in self.agent.roles if role == Role.CHIEF]
        return list(Office.objects.filter(parent__in=own).order_by("code"))

    @cached_property
    def issuer(self) -> Office | None:
        return next((one for one in self.offices if one.code == self.office), None)

    @cached_property
    def page(self) -> Page:
        found: TransmissionQuerySet = Transmission.objects.for_chief(self.agent.user)
        if self.issuer:
            found = found.filter(issuer=self.issuer)
        if self.only_unseen:
            found = found.unseen()
        shown = found.select_related("document", "issuer", "seen_by")
        return Paginator(shown, PER_PAGE).get_page(self.number)

    @property
    def query(self) -> str:
        """The choices, as they stand before the number of a page."""
        given = {
            "office": self.issuer.code if self.issuer else "",
            "seen": "no" if self.only_unseen else "",
        }
        return "".join(f"{urlencode({name: value})}&" for name, value in given.items() if value)


class ObservationForm(forms.Form):
    """What the superior office writes, and as what."""

    function = forms.CharField(
        label=_("Your function"),
        help_text=_("As it stands under your signature: “The prefect”, “The secretary general”."),
        max_length=120,
        error_messages={"required": _("Write your function, as under your signature.")},
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    text = LongText(
        label=_("Observation"),
        help_text=_("The office that issued the act reads it in the history of the request."),
        rows=6,
    )

    def summary(self) -> list[dict[str, str]]:
        """Return the faults for the box above the form, each with a link to its field."""
        return faults.summary(self)


def last_function(agent: Agent) -> str:
    """Return as what this person signed last."""
    rows = Observation.objects.filter(author=agent.user).order_by("-pk")
    return rows.values_list("function", flat=True).first() or ""
