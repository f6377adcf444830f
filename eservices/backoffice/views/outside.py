"""The page of a secret link: somebody without an account gives an opinion, once."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from eservices.cases.errors import BadRequest, TransitionNotAllowed
from eservices.cases.models import OutsideRequest
from eservices.cases.services import outside
from eservices.catalog import services as catalog
from eservices.formdefs import engine
from portal.core.secret_links import SecretLinkView
from portal.core.throttling import throttle


class CommentForm(forms.Form):
    comment = forms.CharField(
        label=gettext_lazy("Your comment"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class OpinionView(SecretLinkView):
    """Show the little that is needed, and as many buttons as there are answers."""

    asked: OutsideRequest

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        throttle("opinion", request, key=outside.digest(kwargs["token"])[:16], per_minute=20)
        asked = outside.find(kwargs["token"])
        if asked is None:
            return self.gone(_why_gone(kwargs["token"]), 410)
        self.asked = asked
        return self.opened(asked.task.office.time_zone, *args, **kwargs)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        outside.note_opening(self.asked)
        return self._page(CommentForm())

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        form = CommentForm(request.POST)
        choices = {one.key: one for one in outside.outcomes(self.asked)}
        chosen = choices.get(request.POST.get("outcome", ""))
        if chosen is None:
            form.add_error(None, _("Press one of the buttons."))
        elif chosen.needs_reason and not request.POST.get("comment", "").strip():
            form.add_error("comment", _("Say why in a few words."))
        if chosen is None or not form.is_valid():
            return self._page(form, status=422)
        try:
            outside.answer_outside(
                self.asked, outcome=chosen.key, comment=form.cleaned_data["comment"]
            )
        except (BadRequest, TransitionNotAllowed) as exc:
            return self.gone(str(exc), 410)
        return render(request, "opinion/thanks.html", {"answer": chosen.text, "asked": self.asked})

    def _page(self, form: CommentForm, status: int = 200) -> HttpResponse:
        stage = outside.stage_of(self.asked)
        context = {
            "asked": self.asked,
            "case": self.asked.task.case,
            "question": stage.title_in(),
            "help": stage.outside_help(),
            "rows": self._rows(list((stage.outside or {}).get("shows") or [])),
            "outcomes": outside.outcomes(self.asked),
            "form": form,
        }
        return render(self.request, "opinion/ask.html", context, status=status)

    def _rows(self, keys: list[str]) -> list[Any]:
        """Return the answers that the stage lets this person read, and no other."""
        case = self.asked.task.case
        spec = catalog.desk_form(case.version)
        answers = {**case.answers, **case.facts}
        sections = engine.summary(spec, answers, get_language() or "fr")
        rows = {row.key: row for section in sections for row in section.rows}
        return [rows[key] for key in keys if key in rows and rows[key].text]


def _why_gone(token: str) -> str:
    late = outside.expired(token)
    if late is None:
        return _("This link was used already, or its time is over. You have nothing to do.")
    office = late.task.office
    return _("The time to answer is over. You can still tell the office: %(office)s.") % {
        "office": " · ".join(part for part in (office.name_in(), office.phone) if part)
    }
