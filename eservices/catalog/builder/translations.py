"""All texts side by side in two languages; what is missing is counted and comes first."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from eservices.catalog.builder.access import EServiceView
from eservices.catalog.builder.spec_form import LANGUAGE_NAMES
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

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        only_missing = request.GET.get("show", "missing" if self._count(self.language) else "all")
        rows = [
            one for one in self.texts if only_missing != "missing" or one.missing([self.language])
        ]
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        lines = [
            (at, one, one.texts.get(self.first, ""), one.texts.get(self.language, ""))
            for at, one in enumerate(page.object_list)
        ]
        return self.page(
            "translations",
            lines=lines,
            paginated=page,
            language=self.language,
            language_name=LANGUAGE_NAMES.get(self.language, self.language),
            first_name=LANGUAGE_NAMES.get(self.first, self.first),
            show=only_missing,
            counts=[
                (code, LANGUAGE_NAMES.get(code, code), self._count(code)) for code in self.languages
            ],
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        known = {one.path: one for one in self.texts}
        changed: Any = self.definition
        count = 0
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
        back = f"{self.url('translations')}?language={self.language}"
        return self.save(changed, summary, back, said=_("Texts saved: %d") % count)

    def _count(self, language: str) -> int:
        return sum(bool(one.missing([language])) for one in self.texts)


def _with(texts: Mapping[str, str], language: str, text: str) -> dict[str, str]:
    changed = {**texts, language: text}
    if not text:
        del changed[language]
    return changed
