"""Registers at the desk: read, search, write, take in sheets, print."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from eservices.backoffice import registerpages, sheets
from eservices.backoffice.registerforms import ImportForm, ReasonForm
from eservices.backoffice.registerpages import EntryPage, RegisterPage
from eservices.backoffice.registerreports import Report, named
from eservices.backoffice.views.base import AgentView
from eservices.formdefs import engine
from eservices.registers import definitions, services
from eservices.registers.errors import EntryRefused, StaleEntry
from eservices.registers.models import Register, RegisterEntry


class RegistersView(AgentView):
    """The registers that I read or keep."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = registerpages.registers_of(self.agent.user)
        return self.page("backoffice/registers/list.html", {"registers": found, "nav": "registers"})


class RegisterView(AgentView):
    """Base of the pages of one register; for who has no door to it, it does not exist."""

    keeps = False  # only who keeps the register has this page
    register: Register

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = self.agent.user
        register = Register.objects.for_agent(user).filter(code=kwargs["code"]).first()
        if register is None:
            raise Http404
        self.register = register
        self.may_keep = Register.objects.kept_by(user).filter(pk=register.pk).exists()
        if self.keeps and not self.may_keep:
            raise Http404
        return super().answer(request, *args, **kwargs)

    def page(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        shared = {"register": self.register, "may_keep": self.may_keep, "nav": "registers"}
        return super().page(f"backoffice/registers/{template}", shared | context, status)

    def find(self, number: int) -> RegisterEntry:
        entry = self.register.entries.readable_by(self.agent.user).filter(number=number).first()
        if entry is None:
            raise Http404
        entry.register = self.register
        return entry


class LinesView(RegisterView):
    """The lines of one register, newest first."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        lines = RegisterPage(self.register, request.GET, self.agent.user)
        return self.page("lines.html", {"lines": lines, "reports": named(self.register)})


class RegisterSheetView(RegisterView):
    """The lines chosen, as a CSV that the register takes in again."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        lines = RegisterPage(self.register, request.GET, self.agent.user)
        head = [name for _key, name in lines.columns]
        rows = []
        for entry in lines.entries().order_by("number").iterator(chunk_size=500):
            entry.register = self.register
            rows.append(definitions.sheet_row(entry))
        return sheets.response(
            self.register.code, "csv", [sheets.Sheet(self.register.code, head, rows)]
        )


class RegisterPrintView(RegisterView):
    """The whole register, ready for paper."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.page(
            "print.html", {"lines": RegisterPage(self.register, request.GET, self.agent.user)}
        )


class ReportView(RegisterView):
    """What the lines add up to, as a page or as a file."""

    def get(self, request: HttpRequest, code: str, key: str) -> HttpResponse:
        try:
            report = Report(self.register, key, self.agent.user, request.GET.get("annee", ""))
        except KeyError as exc:
            raise Http404 from exc
        kind = request.GET.get("format", "")
        if kind in sheets.TYPES:
            sheet = sheets.Sheet(report.title, report.head, report.rows)
            return sheets.response(f"{code}-{key}", kind, [sheet])
        return self.page("report.html", {"report": report, "key": key})


class EntryView(RegisterView):
    """One line."""

    def get(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        return self._show(self.find(number), ReasonForm())

    def post(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        """Close the line, or open it again, with the reason."""
        entry = self.find(number)
        form = ReasonForm(request.POST)
        if not self.may_keep:
            raise Http404
        if not form.is_valid():
            return self._show(entry, form, status=422)
        change = services.close_entry if entry.is_open else services.reopen_entry
        change(entry, actor=self.agent.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("Done. The history keeps the reason."))
        return redirect("backoffice:register_entry", code, number)

    def _show(self, entry: RegisterEntry, form: ReasonForm, status: int = 200) -> HttpResponse:
        shown = EntryPage(entry, self.request.GET.get("month", ""))
        return self.page("entry.html", {"entry": entry, "shown": shown, "form": form}, status)


class EntryFormView(RegisterView):
    """Write a new line, or change one."""

    keeps = True

    def get(self, request: HttpRequest, code: str, number: int = 0) -> HttpResponse:
        entry = self.find(number) if number else None
        return self._form_page(self._form(entry.values if entry else {}, None), entry)

    def post(self, request: HttpRequest, code: str, number: int = 0) -> HttpResponse:
        entry = self.find(number) if number else None
        form = self._form(entry.values if entry else {}, request.POST)
        if not form.is_valid():
            return self._form_page(form, entry, status=200 if form.wants_more() else 422)
        values = {key: value for key, value in form.answers().items() if value is not None}
        try:
            entry = self._save(entry, values)
        except EntryRefused as exc:
            for path, texts in exc.details["faults"].items():
                form.object_to(path, texts)
            return self._form_page(form, entry, status=422)
        except StaleEntry as exc:
            messages.warning(request, str(exc))
            return self._form_page(form, self.find(number), status=409)
        messages.success(request, _("The line is written."))
        return redirect("backoffice:register_entry", code, entry.number)

    def _save(self, entry: RegisterEntry | None, values: dict[str, Any]) -> RegisterEntry:
        actor, reason = self.agent.user, self.request.POST.get("_reason", "")[:500]
        if entry is None:
            return services.add_entry(self.register, values, actor=actor, reason=reason)
        told = self.request.POST.get("_revision", "")
        revision = int(told) if told.isdecimal() and len(told) < 9 else 0
        return services.change_entry(entry, values, actor=actor, revision=revision, reason=reason)

    def _form(self, values: dict[str, Any], data: Any) -> engine.StepForm:
        spec = definitions.compiled(self.register)
        return engine.form_for(
            spec, definitions.STEP, values, language=get_language() or "fr", data=data
        )

    def _form_page(
        self, form: engine.StepForm, entry: RegisterEntry | None, status: int = 200
    ) -> HttpResponse:
        reason = self.request.POST.get("_reason", "")
        return self.page("form.html", {"form": form, "entry": entry, "reason": reason}, status)


class ImportView(RegisterView):
    """Take in a sheet: first tried, then taken."""

    keeps = True

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self._import_page(ImportForm())

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        form = ImportForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._import_page(form, status=422)
        try:
            report = services.import_sheet(
                self.register,
                form.cleaned_data["sheet"].read(),
                actor=self.agent.user,
                dry_run=form.cleaned_data["try_first"],
            )
        except EntryRefused as exc:
            form.add_error("sheet", str(exc))
            return self._import_page(form, status=422)
        return self._import_page(
            form, {"report": report, "is_trial": form.cleaned_data["try_first"]}
        )

    def _import_page(
        self, form: ImportForm, more: dict[str, Any] | None = None, status: int = 200
    ) -> HttpResponse:
        columns = definitions.columns(self.register)
        return self.page("import.html", {"form": form, "columns": columns, **(more or {})}, status)
