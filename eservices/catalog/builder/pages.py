"""The list of e-services, a new one, and the first screen of one: its steps."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext as _

from eservices.catalog import drafting
from eservices.catalog.builder.access import EDIT, BuilderView, EServiceView
from eservices.catalog.builder.blanks import blank, clone
from eservices.catalog.builder.listing import step_rows
from eservices.catalog.errors import NameTaken
from eservices.catalog.models import EService
from eservices.formdefs import editing
from eservices.formdefs.estimating import minutes
from portal.accounts.models import Office
from portal.core.money import EXPONENTS


class ListView(BuilderView):
    """Every e-service: what is published, what waits, whether it is open."""

    def get(self, request: HttpRequest) -> HttpResponse:
        words = request.GET.get("q", "").strip()
        found = EService.objects.select_related("current").defer("current__spec", "definition")
        services = [
            one
            for one in found
            if words.lower() in f"{one.code} {one.slug} {one.title_in()}".lower()
        ]
        return self.page("list", eservices=services, words=words, may_add=self.user.has_perm(EDIT))


class NewView(BuilderView):
    """A new e-service: blank, or begun from one that exists."""

    def get(self, request: HttpRequest) -> HttpResponse:
        last = EService.objects.order_by("-updated_at").only("definition").first()
        usual = {
            name: (last.definition.get(name) if last else "") for name in ("country", "currency")
        }
        return self._form(usual | {"like": request.GET.get("like", "")}, {})

    def post(self, request: HttpRequest) -> HttpResponse:
        typed = {name: request.POST.get(name, "").strip()[:200] for name in FIELDS}
        problems = self._problems(typed)
        if problems:
            return self._form(typed, problems, 422)
        like = EService.objects.filter(pk=typed["like"]).first() if typed["like"] else None
        start = clone(like.definition) if like else blank(typed["country"], typed["currency"])
        definition = start | {
            "slug": typed["slug"] or slugify(typed["title"])[:80],
            "code": typed["code"].upper(),
            "title": {"fr": typed["title"]},
        }
        try:
            eservice = drafting.create(definition, by=self.user, summary=_("Created"))
        except NameTaken as taken:
            return self._form(typed, {str(taken.details["field"]): str(taken)}, 422)
        return redirect("builder:overview", eservice.pk)

    def _problems(self, typed: dict[str, str]) -> dict[str, str]:
        problems = {}
        for name in ("title", "code"):
            if not typed[name]:
                problems[name] = _("Fill in this line.")
        if len(typed["code"]) > 20:
            problems["code"] = _("At most 20 characters.")
        if typed["slug"] and slugify(typed["slug"]) != typed["slug"]:
            problems["slug"] = _("Small letters, figures and hyphens only.")
        if typed["like"] and not typed["like"].isdecimal():
            typed["like"] = ""
        if not typed["like"] and typed["currency"] not in EXPONENTS:
            problems["currency"] = _("Choose a currency.")
        return problems

    def _form(
        self, typed: dict[str, str], problems: dict[str, str], status: int = 200
    ) -> HttpResponse:
        return self.page(
            "new",
            status,
            typed=typed,
            problems=problems,
            models=EService.objects.only("code", "slug", "title"),
            currencies=sorted(EXPONENTS),
            countries=sorted(set(Office.objects.values_list("country", flat=True)) | {"DJ"}),
        )


FIELDS = ("title", "code", "slug", "country", "currency", "like")


class OverviewView(EServiceView):
    """The steps in order; drag them, or use the buttons."""

    section = "overview"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page("overview", steps=step_rows(self.definition), **self._figures)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        act, _sep, key = request.POST.get("act", "").partition(":")
        keys = [str(step.get("key")) for step in self.definition.get("steps") or []]
        if act == "add":
            return self._add(request.POST.get("title", "").strip()[:200], set(keys))
        if act == "order":
            changed = editing.order_steps(self.definition, request.POST.getlist("order"))
            return self.save(changed, _("Steps put in another order"), "overview")
        if act in ("up", "down") and key in keys:
            to = keys.index(key) + (1 if act == "down" else -1)
            changed = editing.move_step(self.definition, key, to)
            return self.save(changed, _("Steps put in another order"), "overview")
        return redirect(self.url("overview"))

    def _add(self, title: str, taken: set[str]) -> HttpResponse:
        if not title:
            title = _("New step")
        key = editing.new_key(title, taken)
        step = {"key": key, "title": {"fr": title}, "fields": []}
        changed = editing.add_step(self.definition, step)
        return self.save(changed, _("Step “%s” added") % title, "step", key)

    @cached_property
    def _figures(self) -> dict[str, Any]:
        steps = self.definition.get("steps") or []
        return {
            "field_count": sum(len(step.get("fields") or []) for step in steps),
            "minutes": minutes(self.definition),
            "last": self.eservice.revisions.select_related("saved_by")
            .defer("definition")
            .filter(number=self.eservice.revision)
            .first(),
        }
