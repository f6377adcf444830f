"""The screens of the parts beside the questions: pieces, fees, offices, decisions."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from eservices.catalog.builder.access import EServiceView
from eservices.catalog.builder.sections import SECTIONS, Entries, Section
from eservices.catalog.builder.spec_form import SpecForm
from eservices.formdefs import editing
from eservices.formdefs.subjects import Subject, subjects
from eservices.formdefs.wording import condition_words, value_words
from portal.accounts.models import Office
from portal.core.money import EXPONENTS, SYMBOLS, Money
from portal.core.texts import pick


class SectionBase(EServiceView):
    @cached_property
    def part(self) -> Section:
        try:
            return SECTIONS[self.kwargs["section"]]
        except KeyError as error:
            raise Http404 from error

    @property
    def section(self) -> str:  # type: ignore[override]
        return self.part.key

    @cached_property
    def subjects(self) -> list[Subject]:
        return subjects(self.complete)

    def form(self, controls: Any, entry: Any, data: Any) -> SpecForm:
        return SpecForm(
            controls,
            entry,
            languages=self.languages,
            subjects=self.subjects,
            data=data,
            offices=self._offices() if self.part.key == "offices" else (),
            is_fixed=self.eservice.current_id is not None,
        )

    def _offices(self) -> list[tuple[str, str]]:
        found = Office.objects.open().filter(country=self.definition.get("country"))
        return [(one.code, one.name_in()) for one in found or Office.objects.open()]


class SectionView(SectionBase):
    """One part: its own form, and its lists."""

    def get(self, request: HttpRequest, pk: int, section: str) -> HttpResponse:
        return self._page(self.form(self.part.controls, self.definition, None))

    def post(self, request: HttpRequest, pk: int, section: str) -> HttpResponse:
        act, _sep, place = request.POST.get("act", "").partition(":")
        if act:
            return self._reorder(act, place)
        form = self.form(self.part.controls, self.definition, request.POST)
        if not form.is_valid():
            return self._page(form, 422)
        new = form.apply()
        if editing.at(new, "delay.hours"):
            new = editing.put(new, "delay", {"hours": editing.at(new, "delay.hours")})
        summary = _("“%s” changed") % self.part.label
        return self.save(new, summary, "section", section, said=_("Saved."))

    def _reorder(self, act: str, place: str) -> HttpResponse:
        slug, _dash, name = place.partition("/")
        entries = next((one for one in self.part.lists if one.slug == slug), None)
        if entries is None:
            raise Http404
        listed = list(editing.at(self.definition, entries.path) or [])
        names = [str(one.get(entries.name)) for one in listed]
        if act == "order":
            order = self.request.POST.getlist("order")
            listed.sort(key=lambda one: order.index(str(one.get(entries.name)))
                        if str(one.get(entries.name)) in order else 999)  # fmt: skip
        elif name in names:
            at = names.index(name)
            to = at + (1 if act == "down" else -1)
            if 0 <= to < len(listed):
                listed.insert(to, listed.pop(at))
        changed = editing.put(self.definition, entries.path, listed)
        return self.save(
            changed, _("“%s” put in another order") % entries.label, "section", self.part.key
        )

    def _page(self, form: SpecForm, status: int = 200) -> HttpResponse:
        lists = [(one, self._rows(one)) for one in self.part.lists]
        return self.page("section", status, part=self.part, form=form, lists=lists)

    def _rows(self, entries: Entries) -> list[dict[str, Any]]:
        known = {one.path: one for one in self.subjects}
        return [
            {
                "name": str(one.get(entries.name)),
                "index": index,
                "label": pick(one.get("label") or one.get("title")) or one.get(entries.name),
                "text": self._text(entries, one),
                "condition": condition_words(one["show_if"], known) if "show_if" in one else "",
            }
            for index, one in enumerate(editing.at(self.definition, entries.path) or [])
        ]

    def _text(self, entries: Entries, one: dict[str, Any]) -> str:
        if entries.path == "fees":
            known = {subject.path: subject for subject in self.subjects}
            unit, quantity = one.get("unit"), one.get("quantity")
            currency = str(self.definition.get("currency"))
            if type(unit) is int and currency in EXPONENTS:
                text = str(Money(unit, currency))
            else:
                text = f"{value_words(unit, known)} {SYMBOLS.get(currency, currency)}"
            return f"{text} × {value_words(quantity, known)}" if quantity is not None else text
        if entries.path == "pieces":
            return _("optional") if one.get("required") is False else _("required")
        return pick(one.get("help"))


class EntryView(SectionBase):
    """One entry of a list: a piece, a fee, a motive."""

    @cached_property
    def entries(self) -> Entries:
        slug = self.kwargs["slug"]
        for one in self.part.lists:
            if one.slug == slug:
                return one
        raise Http404

    @cached_property
    def listed(self) -> list[dict[str, Any]]:
        return list(editing.at(self.definition, self.entries.path) or [])

    @property
    def index(self) -> int:
        index: int = self.kwargs["index"]
        if index > len(self.listed):
            raise Http404
        return index

    @property
    def entry(self) -> dict[str, Any]:
        is_new = self.index == len(self.listed)
        return dict(self.entries.start) if is_new else self.listed[self.index]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._page(self.form(self.entries.controls, self.entry, None))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "_delete" in request.POST and self.index < len(self.listed):
            kept = [one for at, one in enumerate(self.listed) if at != self.index]
            return self._save(kept, _("Removed from “%s”"))
        form = self.form(self.entries.controls, self.entry, request.POST)
        if "_control" in request.POST:
            return HttpResponse(str(form.condition(request.POST["_control"]) or ""))
        new = form.apply()
        self._name(form, new)
        if not form.is_valid():
            return self._page(form, 200 if form.wants_more else 422)
        listed = list(self.listed)
        listed[self.index : self.index + 1] = [new]
        return self._save(listed, _("“%s” changed"))

    def _name(self, form: SpecForm, new: dict[str, Any]) -> None:
        """Give the entry a name of its own."""
        name = self.entries.name
        taken = {str(one.get(name)) for at, one in enumerate(self.listed) if at != self.index}
        if not new.get(name):
            new[name] = editing.new_key(pick(new.get("label") or new.get("title")), taken)
        elif new[name] in taken:
            form[name].errors.append(_("Another line has this key."))

    def _save(self, listed: list[dict[str, Any]], summary: str) -> HttpResponse:
        changed = editing.put(self.definition, self.entries.path, listed)
        if not listed and "." not in self.entries.path:
            changed[self.entries.path] = []
        summary %= self.entries.label
        return self.save(changed, summary, "section", self.part.key, said=_("Saved."))

    def _page(self, form: SpecForm, status: int = 200) -> HttpResponse:
        is_new = self.index == len(self.listed)
        return self.page(
            "entry", status, part=self.part, entries=self.entries, form=form, is_new=is_new
        )
