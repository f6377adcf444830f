"""The page that the code printed on an act opens: a host confirms, on the spot, who came and left."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from eservices.attachments.errors import UploadRefused
from eservices.cases import host_link
from eservices.cases.models import Case
from eservices.catalog import services as catalog
from eservices.duties import endorsing
from eservices.duties.endorsing import EndorsementRefused, Place
from eservices.formdefs import engine
from portal.accounts.errors import BadPhone
from portal.accounts.phones import parse_phone
from portal.core import faults
from portal.core.secret_links import SecretLinkView
from portal.core.texts import pick
from portal.core.throttling import throttle


class HostForm(forms.Form):
    """Who confirms, for which place; the button pressed says what."""

    place = forms.ChoiceField(label=gettext_lazy("Where are you?"), widget=forms.RadioSelect)
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=120)
    function = forms.CharField(label=gettext_lazy("Your function"), max_length=120)
    phone = forms.CharField(label=gettext_lazy("Your telephone"), max_length=40)
    photo = forms.FileField(
        label=gettext_lazy("Photo of the stamped paper"),
        help_text=gettext_lazy("If you stamped the paper too. A photo or a scan."),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf"}),
    )

    def __init__(self, places: list[Place], case: Case, data: Any = None, files: Any = None):
        super().__init__(data, files)
        self.country = case.office.country
        choices = [(f"{one.rule}-{one.number}", one.label) for one in places]
        field: Any = self.fields["place"]
        field.choices = choices
        today = [one for one in places if one.missing and not one.is_early]
        field.initial = f"{today[-1].rule}-{today[-1].number}" if today else choices[0][0]
        if len(choices) == 1:
            field.required, field.widget = False, forms.HiddenInput()

    def clean_place(self) -> tuple[str, int]:
        chosen = self.cleaned_data["place"] or self.fields["place"].initial
        rule, _dash, number = chosen.rpartition("-")
        return rule, int(number)

    def clean_phone(self) -> str:
        try:
            return parse_phone(self.cleaned_data["phone"], self.country)
        except BadPhone as exc:
            raise forms.ValidationError(str(exc)) from exc

    def summary(self) -> list[dict[str, str]]:
        """Return the faults for the box above the form, each with a link to its field."""
        return faults.summary(self)


class HostView(SecretLinkView):
    """Show what the paper is about and what was confirmed; take one confirmation at a time."""

    case: Case

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        throttle("host", request, key=kwargs["token"], per_minute=30)
        case = host_link.find(kwargs["reference"], kwargs["token"])
        if case is None or not endorsing.rules_of(case):
            text = _("Scan the code printed on the paper again, or type its whole address.")
            return self.gone(text, 404)
        if told := endorsing.refusal(case):
            return self.gone(told, 410)
        self.case = case
        return self.opened(case.office.time_zone, *args, **kwargs)

    def get(self, request: HttpRequest, reference: str, token: str) -> HttpResponse:
        places = self._places()
        is_done = request.GET.get("fait") == "1"
        return self._page(HostForm(places, self.case), places, is_done=is_done)

    def post(self, request: HttpRequest, reference: str, token: str) -> HttpResponse:
        places = self._places()
        form = HostForm(places, self.case, request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form, places, status=422)
        rule, number = form.cleaned_data["place"]
        try:
            endorsing.endorse(
                self.case,
                rule=rule,
                place=number,
                mark=request.POST.get("mark", ""),
                upload=form.cleaned_data["photo"],
                **{key: form.cleaned_data[key] for key in ("name", "function", "phone")},
            )
        except EndorsementRefused as exc:
            form.add_error(None, str(exc))
        except UploadRefused as exc:
            form.add_error("photo", str(exc))
        else:
            return redirect(f"{request.path}?fait=1")
        return self._page(form, self._places(), status=422)

    def _places(self) -> list[Place]:
        return endorsing.places(self.case, get_language())

    def _page(
        self, form: HostForm, places: list[Place], *, status: int = 200, is_done: bool = False
    ) -> HttpResponse:
        rule = endorsing.rules_of(self.case)[0]
        document = self.case.decision.document
        context = {
            "case": self.case,
            "document": document,
            "places": places,
            "form": form,
            "help": pick(rule.get("help")),
            "rows": self._rows(list(rule.get("shows") or [])),
            "buttons": endorsing.buttons(places),
            "is_done": is_done,
            "is_complete": not any(place.missing for place in places),
        }
        return render(self.request, "opinion/host.html", context, status=status)

    def _rows(self, keys: list[str]) -> list[tuple[str, list[str]]]:
        """Return the answers that the e-service lets a host read, and no other.

        Of a group, the columns named as `group.column`.
        """
        spec = catalog.compiled(self.case.version)
        sections = engine.summary(spec, self.case.answers, get_language() or "fr")
        rows = {row.key: row for section in sections for row in section.rows}
        shown = []
        for key in dict.fromkeys(key.partition(".")[0] for key in keys):
            if (row := rows.get(key)) is None:
                continue
            columns = [one.partition(".")[2] for one in keys if one.startswith(f"{key}.")]
            told = [_cells(cells, columns) for cells in row.rows] if row.rows else [row.text]
            shown.append((row.label, told))
        return shown


def _cells(cells: list[Any], columns: list[str]) -> str:
    texts = {cell.key.rpartition(".")[2]: cell.text for cell in cells}
    return " · ".join(texts[one] for one in columns if texts.get(one))
