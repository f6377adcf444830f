"""Writing a document: its blocks in order, each with its text, its condition, its answers."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from eservices.catalog.builder.access import EServiceView
from eservices.catalog.builder.controls import Control
from eservices.catalog.builder.spec_form import SpecForm
from eservices.documents import letters
from eservices.documents import services as documents
from eservices.documents.errors import RenderingFailed
from eservices.formdefs import editing
from eservices.formdefs.subjects import Subject, subjects
from eservices.formdefs.wording import condition_words
from portal.accounts.models import Office
from portal.core.texts import pick

KINDS = (
    ("paragraph", gettext_lazy("Paragraph")),
    ("heading", gettext_lazy("Heading")),
    ("facts", gettext_lazy("Facts: name | value, one a line")),
    ("list", gettext_lazy("List, one item a line")),
    ("table", gettext_lazy("Table: cells between |, the first line is the head")),
    ("box", gettext_lazy("Framed line")),
    ("space", gettext_lazy("Space")),
    ("page", gettext_lazy("New page")),
)
ALWAYS_KNOWN = (
    ("reference", gettext_lazy("Number of the request")),
    ("office", gettext_lazy("Office")),
    ("applicant", gettext_lazy("Who asks")),
    ("concerned", gettext_lazy("Whom it is about")),
    ("former_number", gettext_lazy("Number of the document that this one replaces")),
    ("amendment", gettext_lazy("How many were issued before")),
)
WORDS = "_words"  # the same answer spelt out: a date on a certificate


class LetterBase(EServiceView):
    """What the screens of one document share."""

    section = "documents"

    @cached_property
    def at(self) -> int:
        """Where the document stands in the list. :raises Http404:"""
        for index, one in enumerate(self.definition.get("documents") or []):
            if one.get("key") == self.kwargs["document"]:
                return index
        raise Http404

    @cached_property
    def document(self) -> dict[str, Any]:
        return dict(self.definition["documents"][self.at])

    @property
    def title(self) -> str:
        return pick(self.document.get("title")) or str(self.document.get("key"))

    @cached_property
    def blocks(self) -> list[dict[str, Any]]:
        return [dict(block) for block in self.document.get("body") or []]

    @cached_property
    def subjects(self) -> list[Subject]:
        return subjects(self.definition)

    @cached_property
    def groups(self) -> list[Subject]:
        """The repeatable groups whose rows a list or a table may show."""
        return [one for one in self.subjects if one.columns]

    @cached_property
    def answers(self) -> dict[str, str]:
        """What may stand between braces: each name, and what it is."""
        found = {name: str(label) for name, label in ALWAYS_KNOWN}
        found |= {one.path: str(one.label) for one in self.subjects}
        for group in self.groups:
            for column in group.columns:
                name = column.path.rpartition(".")[2]
                found.setdefault(name, f"{group.label} › {column.label}")
        for stage in (self.definition.get("circuit") or {}).get("stages") or []:
            for field in stage.get("fields") or []:  # what agents find is printed too
                key = str(field.get("key"))
                found.setdefault(key, f"{pick(stage.get('title'))} › {pick(field.get('label'))}")
        return found

    def save_blocks(self, blocks: list[dict[str, Any]], summary: str) -> HttpResponse:
        listed = [dict(one) for one in self.definition["documents"]]
        listed[self.at] = {**self.document, "body": blocks}
        changed = editing.put(self.definition, "documents", listed)
        return self.save(changed, summary, "letter", self.kwargs["document"])


class LetterView(LetterBase):
    """The blocks in order: add, move, remove, and see the paper."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        known = {one.path: one for one in self.subjects}
        names = dict(KINDS)
        rows = [
            {
                "kind": names.get(block.get("kind", "paragraph"), ""),
                "text": pick(block.get("text")),
                "condition": condition_words(block["show_if"], known) if "show_if" in block else "",
            }
            for block in self.blocks
        ]
        return self.page("letter", rows=rows, kinds=KINDS, document=self.document, title=self.title)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        act, _colon, place = request.POST.get("act", "").partition(":")
        blocks = list(self.blocks)
        index = int(place) if place.isdecimal() else len(blocks)
        if act == "add" and place in dict(KINDS):
            key = editing.new_key(place, {str(block.get("key")) for block in blocks})
            blocks.append({"key": key, "kind": place})
            return self.save_blocks(blocks, _("Block added to “%s”") % self.title)
        if index >= len(blocks):
            raise Http404
        if act == "remove":
            blocks.pop(index)
        elif act in {"up", "down"}:
            to = index + (1 if act == "down" else -1)
            if 0 <= to < len(blocks):
                blocks.insert(to, blocks.pop(index))
        return self.save_blocks(blocks, _("Blocks of “%s” changed") % self.title)


class BlockView(LetterBase):
    """One block: its text in each language, the answers in it, its condition."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._page(self._form(None))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self._form(request.POST)
        if "_control" in request.POST:
            found = (one.editor for one in form if one.editor)
            return HttpResponse(str(next(found, "")))
        new = form.apply()
        unknown = {
            n for n in letters.placeholders([new]) if n.removesuffix(WORDS) not in self.answers
        }
        if unknown:
            names = ", ".join(f"{{{name}}}" for name in sorted(unknown))
            form["text"].errors.append(_("No question has this name: %s") % names)
        if not form.is_valid():
            return self._page(form, 200 if form.wants_more else 422)
        blocks = list(self.blocks)
        blocks[self.index] = new
        return self.save_blocks(blocks, _("Blocks of “%s” changed") % self.title)

    @property
    def index(self) -> int:
        index: int = self.kwargs["index"]
        if index >= len(self.blocks):
            raise Http404
        return index

    def _form(self, data: Any) -> SpecForm:
        controls = [
            Control("kind", "choice", _("Kind of block"), choices=KINDS, required=True),
            Control(
                "text",
                "long_texts",
                _("Text"),
                _("Answers stand between braces: {last_name}. **Strong**, *slanted*."),
            ),
            Control("show_if", "condition", _("When does it stand there?"), none_label=_("Always")),
        ]
        if self.groups:
            rows = (("", _("No")), *((one.path, str(one.label)) for one in self.groups))
            help_text = _("The last line of the text is written again for each line of the answer.")
            controls.insert(2, Control("rows", "choice", _("Repeated?"), help_text, choices=rows))
        return SpecForm(
            controls,
            self.blocks[self.index],
            languages=self.languages,
            subjects=self.subjects,
            data=data,
            refresh_url=self.request.path,
        )

    def _page(self, form: SpecForm, status: int = 200) -> HttpResponse:
        answers = self.answers.items()
        context = {"form": form, "document": self.document, "title": self.title, "answers": answers}
        return self.page("block", status, **context)


class LetterPreviewView(LetterBase):
    """The paper as it would be drawn, with the names of the questions as answers."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        office = Office.objects.filter(code__in=self.definition.get("offices") or []).first()
        if office is None:
            raise Http404
        language = str(self.document.get("language") or "fr")
        with override(language):
            texts = {name: f"‹{label}›" for name, label in self.answers.items()}
            texts |= {f"{name}{WORDS}": said for name, said in texts.items()}
            texts |= {"office": office.name_in(language)}
            drawn = letters.blocks(
                [{k: v for k, v in block.items() if k != "show_if"} for block in self.blocks],
                texts=texts,
                rows={one.path: [texts, texts] for one in self.groups},
                scope={},
                languages=list(dict.fromkeys([language, *self.document.get("beside", [])])),
            )
            title = pick(self.document.get("title"), language)
            frame = {name: pick(one, language) for name, one in self._frame().items()}
            try:
                content = documents.preview(
                    kind="letter", office=office, series="", title=title,
                    data={"blocks": drawn, **frame},
                    language=language, subject="", signer=_("Name of who signs"),
                )  # fmt: skip
            except RenderingFailed as error:
                return HttpResponse(
                    str(error), status=409, content_type="text/plain; charset=utf-8"
                )
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = 'inline; filename="apercu.pdf"'
        return response

    def _frame(self) -> dict[str, Any]:
        """What the frame of the paper says: whose authority, where, who signs as what."""
        data = self.document.get("data") or {}
        return {name: data[name] for name in ("ministry", "place", "signer_title") if name in data}
