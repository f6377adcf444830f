"""Sittings at the desk: prepare, freeze, read, decide, pass on."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.backoffice.access import ask_factor_again, signed_in_lately
from eservices.backoffice.sittingforms import (
    CloseForm,
    DecisionForm,
    LateForm,
    MemberForm,
    SittingForm,
)
from eservices.backoffice.views.base import AgentView
from eservices.cases.models import Case
from eservices.documents import services as documents
from eservices.sittings import agenda, pack, papers, policies, services
from eservices.sittings.errors import SittingError
from eservices.sittings.models import AgendaItem, Sitting, Verdict
from portal.core.references import clean_reference

PER_PAGE = 50


class SittingsView(AgentView):
    """The sittings I prepare or sit in; the form of a new one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._list(SittingForm(self.agent.offices))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SittingForm(self.agent.offices, request.POST)
        if not form.is_valid():
            return self._list(form, status=422)
        sitting = services.create(actor=self.agent.user, **form.cleaned_data)
        return redirect("backoffice:sitting", sitting.pk)

    def _list(self, form: SittingForm, status: int = 200) -> HttpResponse:
        found = Sitting.objects.for_agent(self.agent.user).select_related("office")
        page = Paginator(found, PER_PAGE).get_page(self.request.GET.get("page", "1"))
        context = {"sittings": page, "form": form, "nav": "sittings"}
        return self.page("backoffice/sittings/list.html", context, status)


class SittingBase(AgentView):
    """A page of one sitting; for who neither prepares nor sits, it does not exist."""

    sitting: Sitting

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = Sitting.objects.for_agent(self.agent.user).select_related("office", "frozen_by")
        sitting = found.filter(pk=kwargs["pk"]).first()
        if sitting is None:
            raise Http404
        self.sitting = sitting
        self.may_prepare = policies.may_prepare(self.agent.user, sitting)
        self.may_lead = self.may_prepare and policies.may_lead(self.agent.user, sitting)
        self.withheld = policies.withheld(self.agent.user, sitting)
        return super().answer(request, *args, **kwargs)

    def page(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        shared = {
            "sitting": self.sitting,
            "may_prepare": self.may_prepare,
            "may_lead": self.may_lead,
            "withheld": self.withheld,
            "sits": policies.sits(self.agent.user, self.sitting),
            "nav": "sittings",
        }
        return super().page(f"backoffice/sittings/{template}", shared | context, status)

    def back(self) -> HttpResponse:
        return redirect("backoffice:sitting", self.sitting.pk)

    def item(self, number: int) -> AgendaItem:
        found = self.sitting.items.select_related("case__version", "case__office")
        item = found.filter(pk=number).first()
        if item is None or item.pk in self.withheld:
            raise Http404
        item.sitting = self.sitting
        return item


class SittingView(SittingBase):
    """Agenda, members, and what may be done now."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        waits = self.may_lead if self.sitting.is_frozen else self.may_prepare
        over = self.sitting.has_ended
        items = list(
            self.sitting.items.select_related("case__version").defer("case__version__spec")
        )
        context = {
            "items": items,
            "gone": self._gone(items),
            "members": list(self.sitting.members.select_related("user")),
            "waiting": agenda.waiting(self.sitting.office, self.agent.user)
            if waits and not over
            else [],
            "late": LateForm(),
            "member_form": MemberForm(),
            "close_form": CloseForm(initial={"ends_at": timezone.now()}),
            "minutes": services.minutes_of(self.sitting) if over and not self.withheld else None,
            "report": papers.report(self.sitting) if over and self.may_prepare else None,
        }
        return self.page("sitting.html", context)

    def _gone(self, items: list[AgendaItem]) -> set[int]:
        """Return the items whose case does not wait for the body any more."""
        if self.sitting.has_ended or not self.may_prepare:
            return set()
        possible = agenda.possible(items, self.sitting.office)
        return {number for number, found in possible.items() if Verdict.ADOPTED not in found}


class SittingActionView(SittingBase):
    """One button of the page of a sitting: done, or told why not."""

    def post(self, request: HttpRequest, pk: int, action: str) -> HttpResponseBase:
        handler = self.ACTIONS.get(action)
        if handler is None or not self.may_prepare:
            raise Http404
        if action == "close" and not signed_in_lately(request, self.agent.user):
            return ask_factor_again(request, self.agent.user)
        try:
            handler(self)
        except SittingError as exc:
            messages.error(request, str(exc))
        return self.back()

    def _add(self) -> None:
        wanted = clean_reference(self.request.POST.get("case", ""))
        case = Case.objects.readable_by(self.agent.user).filter(reference=wanted).first()
        if case is None:
            raise SittingError(_("This case does not wait for this body."))
        reason = self.request.POST.get("late_reason", "")
        services.add_item(self.sitting, case, actor=self.agent.user, late_reason=reason)

    def _move(self) -> None:
        step = -1 if "up" in self.request.POST else 1
        services.move_item(self._item(), actor=self.agent.user, step=step)

    def _sort(self) -> None:
        services.sort_by_group(self.sitting, actor=self.agent.user)

    def _remove(self) -> None:
        services.remove_item(self._item(), actor=self.agent.user)

    def _invite(self) -> None:
        form = MemberForm(self.request.POST)
        if not form.is_valid():
            raise SittingError(" ".join(map(str, form.errors["email"])))
        services.add_member(self.sitting, form.cleaned_data["email"], actor=self.agent.user)

    def _leave(self) -> None:
        wanted = self.request.POST.get("member", "")
        member = self.sitting.members.filter(pk=int(wanted) if wanted.isdecimal() else 0).first()
        if member is not None:
            services.remove_member(member, actor=self.agent.user)

    def _freeze(self) -> None:
        services.freeze(self.sitting, actor=self.agent.user)
        messages.success(self.request, _("The agenda is frozen. The members are called."))

    def _close(self) -> None:
        form = CloseForm(self.request.POST)
        if not form.is_valid():
            raise SittingError(_("Write the day and the hour when the sitting ended."))
        services.close(self.sitting, actor=self.agent.user, ends_at=form.cleaned_data["ends_at"])
        messages.success(self.request, _("The sitting is closed. The minutes are below."))

    def _publish(self) -> None:
        services.pass_report_on(self.sitting, actor=self.agent.user)
        messages.success(self.request, _("The report waits for the editors as a draft page."))

    def _item(self) -> AgendaItem:
        """:raises SittingError: a colleague took it off since the page was shown."""
        number = self.request.POST.get("item", "")
        wanted = int(number) if number.isdecimal() and len(number) < 12 else 0
        # One that may not be read is put in its place all the same: its number is all that shows.
        item = self.sitting.items.select_related("sitting").filter(pk=wanted).first()
        if item is None:
            raise SittingError(str(services.GONE))
        return item

    ACTIONS = {
        "add": _add,
        "move": _move,
        "sort": _sort,
        "remove": _remove,
        "invite": _invite,
        "leave": _leave,
        "freeze": _freeze,
        "close": _close,
        "publish": _publish,
    }


class DecisionView(SittingBase):
    """Write what was decided on one item."""

    def get(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        item = self.item(number)
        self._check()
        names = ("verdict", "text", "responsible", "due_on")
        known = {name: getattr(item, name) for name in names} | {"seen": item.stamp}
        known["responsible"] = known["responsible"] or item.group  # it usually carries it out
        form = DecisionForm(self._choices(item), initial=known)
        return self.page("decision.html", {"item": item, "form": form})

    def post(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        item = self.item(number)
        self._check()
        form = DecisionForm(self._choices(item), request.POST)
        if form.is_valid():
            try:
                services.decide(item, actor=self.agent.user, **form.cleaned_data)
            except SittingError as exc:
                form.add_error(None, str(exc))
                item.refresh_from_db(fields=["decided_at"])
                form.data = {**request.POST.dict(), "seen": item.stamp}  # read now: it may be kept
            else:
                return self.back()
        return self.page("decision.html", {"item": item, "form": form}, status=422)

    def _choices(self, item: AgendaItem) -> frozenset[str]:
        return agenda.possible([item], self.sitting.office)[item.pk]

    def _check(self) -> None:
        if not self.may_prepare:
            raise Http404


class PackView(SittingBase):
    """The dossiers in one archive, encrypted with the password that the reader chooses."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if self.sitting.is_draft:
            raise Http404
        password = request.POST.get("password", "")[:200]
        try:
            made = pack.build(self.sitting, reader=self.agent.user, password=password)
        except SittingError as exc:
            messages.error(request, str(exc))
            return self.back()
        response = HttpResponse(made.content, content_type="application/zip")
        response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
        return response


class MinutesView(SittingBase):
    """The record of decisions, as PDF."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        minutes = services.minutes_of(self.sitting)
        if minutes is None or self.withheld:  # they name every dossier
            raise Http404
        return documents.serve(minutes, inline=True)


class ConvocationView(SittingBase):
    """The summons of one member, as PDF: for the member, and for who sends it."""

    def get(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        member = self.sitting.members.select_related("user").filter(pk=number).first()
        if member is None or self.sitting.is_draft:
            raise Http404
        if not self.may_prepare and member.user_id != self.agent.user.pk:
            raise Http404
        member.sitting = self.sitting
        response = HttpResponse(papers.convocation(member), content_type="application/pdf")
        name = f"convocation-{self.sitting.pk}-{member.pk}.pdf"
        response.headers["Content-Disposition"] = f'inline; filename="{name}"'
        return response
