"""All texts side by side in two languages; what is missing is counted and comes first."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from eservices.catalog.builder.access import EServiceView
from eservices.catalog.builder.spec_form import LANGUAGE_NAMES
from eservices.catalog.models import EService
from eservices.formdefs.comparing import NAMES
from eservices.formdefs.texts import Text, all_texts, put_text

PER_PAGE = 40


class TranslationsView(EServiceView):
    section = "translations"

    @cached_property
    def texts(self) -> list[Text]:
        return all_texts(self.definition)

    @property
    def first(self) -> str:
        return self.languages[0]

    @cached_property
    def language(self) -> str:
        given = self.request.POST.get("language") or self.request.GET.get("language", "")
        others = self.languages[1:] or self.languages
        return given if given in others else others[0]

    @property
    def show(self) -> str:
        given = self.request.POST.get("show") or self.request.GET.get("show", "")
        return given or ("missing" if self._count(self.language) else "all")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = [one for one in self.texts if self.show != "missing" or one.missing([self.language])]
        given = request.POST.get("page") or request.GET.get("page")
        page = Paginator(rows, PER_PAGE).get_page(given)
        lines = [
            (at, one, NAMES.get(one.kind, ""), one.texts.get(self.first, ""), one.texts.get(self.language, ""))
            for at, one in enumerate(page.object_list)
        ]  # fmt: skip
        return self.page(
            "translations",
            lines=lines,
            paginated=page,
            language=self.language,
            language_name=LANGUAGE_NAMES.get(self.language, self.language),
            first_name=LANGUAGE_NAMES.get(self.first, self.first),
            show=self.show,
            missing=self._count(self.language),
            counts=[
                (code, LANGUAGE_NAMES.get(code, code), self._count(code)) for code in self.languages
            ],
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        known = {one.path: one for one in self.texts}
        changed: Any = self.definition
        count = 0
        if "_known" in request.POST:
            return self._take_over()
        for index, path in enumerate(request.POST.getlist("path")[: PER_PAGE * 2]):
            text = request.POST.get(f"text.{index}", "").strip().replace("\r\n", "\n")[:20_000]
            one = known.get(path)
            if one is None or text == str(one.texts.get(self.language, "")):
                continue
            changed = put_text(changed, path, _with(one.texts, self.language, text))
            count += 1
        if not count:
            messages.info(request, _("Nothing was changed."))
            return self.get(request, pk)
        summary = _("%(count)d texts in %(language)s") % {"count": count, "language": self.language}
        return self.save(changed, summary, self._back(), said=_("Texts saved: %d") % count)

    def _back(self) -> str:
        """The page that was open; of what is missing the first one, the others moved up."""
        page = self.request.POST.get("page", "") if self.show == "all" else ""
        query = {"language": self.language, "show": self.show} | ({"page": page} if page else {})
        if self.show == "missing":
            del query["show"]
        return f"{self.url('translations')}?{urlencode(query)}"

    def _take_over(self) -> HttpResponse:
        """Fill what is missing with what the same words are called elsewhere, in any e-service."""
        known: dict[str, str] = {}
        for definition in EService.objects.order_by("pk").values_list("definition", flat=True):
            for one in all_texts(definition):
                here, there = one.texts.get(self.first), one.texts.get(self.language)
                if here and there:
                    known.setdefault(_plain(here), there)
        changed: Any = self.definition
        count = 0
        for one in self.texts:
            text = known.get(_plain(one.texts.get(self.first, "")))
            if text and one.missing([self.language]):
                changed = put_text(changed, one.path, _with(one.texts, self.language, text))
                count += 1
        if not count:
            messages.info(self.request, _("None of these texts is translated elsewhere."))
            return redirect(self._back())
        said = _("%d texts taken from other places. Read them again under “All texts”.") % count
        return self.save(changed, said, self._back(), said=said)

    def _count(self, language: str) -> int:
        return sum(bool(one.missing([language])) for one in self.texts)


def _plain(text: str) -> str:
    return " ".join(str(text).split()).rstrip(" ?.:").casefold()


def _with(texts: Mapping[str, str], language: str, text: str) -> dict[str, str]:
    changed = {**texts, language: text}
    if not text:
        del changed[language]
    return changed
