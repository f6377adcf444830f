"""What people write in a consultation, without account, cookie or script."""

import csv
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cms_pages import site_map
from cms_pages.models import ConsultationPage, Contribution
from cms_pages.models.consultations import LONGEST_CONTRIBUTION
from cms_pages.services import contribute
from portal.core.spreadsheets import safe
from portal.core.throttling import TooMany, throttle


class ContributionForm(forms.Form):
    """A box for each question; at least one is filled."""

    signature = forms.CharField(
        label=gettext_lazy("Name to show"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Empty: anonymous. Give no phone and no address."),
    )

    def __init__(self, *args: Any, page: ConsultationPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = page.question_list or [_("Your contribution")]
        boxes = {f"answer_{n}": _box(question) for n, question in enumerate(self.questions)}
        self.fields = boxes | self.fields

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.get(f"answer_{n}") for n in self._numbers()):
            self.add_error("answer_0", _("Write at least one answer."))
        return cleaned

    def answers(self) -> list[list[str]]:
        typed = [(self.questions[n], self.cleaned_data[f"answer_{n}"]) for n in self._numbers()]
        return [[question, answer] for question, answer in typed if answer]

    def _numbers(self) -> range:
        return range(len(self.questions))


def _box(question: str) -> forms.CharField:
    return forms.CharField(
        label=question,
        max_length=LONGEST_CONTRIBUTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )


@csrf_exempt  # a contribution has no author: forging one gains nothing, a moderator reads each
@require_http_methods(["GET", "HEAD", "POST"])
def contribution(request: HttpRequest, page_id: int) -> HttpResponse:
    """Take a contribution while the consultation is open."""
    page = get_object_or_404(ConsultationPage.objects.live(), pk=page_id)
    if page.get_view_restrictions().exists():
        raise Http404
    form = ContributionForm(request.POST if request.method == "POST" else None, page=page)
    context = {"page": page, "form": form, "site_map": site_map.for_request(request)}
    if page.state != "open":
        return render(request, "cms_pages/contribution.html", context, status=409)
    if request.method != "POST":
        return render(request, "cms_pages/contribution.html", context)
    if request.POST.get("website"):  # a robot believes that it was heard
        return redirect("cms_pages:contributed", page.pk)
    if form.is_valid():
        try:
            throttle("contribution", request, key=f"page{page.pk}", per_minute=60)
        except TooMany as exc:
            form.add_error(None, str(exc))
        else:
            contribute(page, answers=form.answers(), signature=form.cleaned_data["signature"])
            return redirect("cms_pages:contributed", page.pk)
    return render(request, "cms_pages/contribution.html", context, status=422)


@require_safe
def contributed(request: HttpRequest, page_id: int) -> HttpResponse:
    page = get_object_or_404(ConsultationPage.objects.live(), pk=page_id)
    context = {"page": page, "site_map": site_map.for_request(request)}
    return render(request, "cms_pages/contributed.html", context)


@require_safe
def contributions_csv(request: HttpRequest, page_id: int) -> HttpResponse:
    """Give what was published, without signature: words only."""
    page = get_object_or_404(ConsultationPage.objects.live(), pk=page_id)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="consultation-{page.slug}.csv"'
    writer = csv.writer(response)
    writer.writerow(["date", "question", "answer"])
    for row in Contribution.objects.published().about(page).order_by("sent_at"):
        for question, answer in row.answers:
            writer.writerow([f"{row.sent_at:%Y-%m-%d}", safe(question), safe(answer)])
    return response
