"""The form as people will see it, in a telephone beside the editor; its answers stay while one edits."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from eservices.catalog.builder.access import EServiceView
from eservices.catalog.lists import with_code_lists
from eservices.catalog.models import EService
from eservices.formdefs import editing, engine
from eservices.formdefs.engine import CompiledSpec
from eservices.formdefs.estimating import minutes
from eservices.formdefs.trials import from_answers, replaced
from portal.core.errors import BadConfiguration
from portal.core.money import Money

END = "_end"


def compiled(definition: Mapping[str, Any]) -> CompiledSpec:
    """Return a draft ready to ask, with the shared lists as they are now. :raises BadConfiguration:"""
    return engine.compile(with_code_lists(definition))


def answers_of(request: HttpRequest, eservice: EService) -> dict[str, Any]:
    """Return the answers given in the preview so far."""
    return dict(request.session.get(f"preview-{eservice.pk}") or {})


def keep_answers(request: HttpRequest, eservice: EService, answers: Mapping[str, Any]) -> None:
    request.session[f"preview-{eservice.pk}"] = {
        key: value for key, value in answers.items() if value is not None
    }


class PreviewView(EServiceView):
    """The telephone on a page of its own, in each language."""

    section = "overview"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        at = self._test(request.GET.get("test", ""))
        tests = self.definition.get("tests") or []
        return self.page(
            "preview",
            minutes=minutes(self.definition),
            start=request.GET.get("step", ""),
            at=at,
            test=None if at is None else tests[at],
        )

    def _test(self, given: str) -> int | None:
        """The saved test whose answers were opened here."""
        tests = self.definition.get("tests") or []
        return int(given) if given.isdecimal() and int(given) < len(tests) else None

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if "_reset" in request.POST:
            keep_answers(request, self.eservice, {})
            return redirect(self.url("preview"))
        try:
            spec = compiled(self.definition)
        except BadConfiguration:
            return redirect(self.url("check"))
        tests: list[dict[str, Any]] = list(self.definition.get("tests") or [])
        answers = answers_of(request, self.eservice)
        at = self._test(request.POST.get("test", ""))
        if "_replace" in request.POST and at is not None:
            name = str(tests[at].get("name"))
            tests = replaced(tests, at, from_answers(spec, answers, name))
            summary = _("Test “%s” changed") % name
        else:
            name = request.POST.get("name", "").strip()[:120] or _("Answers of the preview")
            taken = [one.get("name") for one in tests]
            while name in taken:
                name += " ’"
            tests = [*tests, from_answers(spec, answers, name)]
            summary = _("Test “%s” saved") % name
        changed = editing.put(self.definition, "tests", tests)
        return self.save(changed, summary, "tests", said=summary)


@method_decorator(xframe_options_sameorigin, name="dispatch")
class FrameView(EServiceView):
    """What stands in the telephone: a step, or the end with the check, the pieces and the price."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wanted = request.GET.get("lang", "")
        with translation.override(
            wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        ):
            return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int, step: str = "") -> HttpResponse:
        answers = answers_of(request, self.eservice)
        return HttpResponse(frame(request, self.eservice, self.definition, step, answers))

    def post(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        answers = answers_of(request, self.eservice)
        try:
            spec = compiled(self.definition)
            form = engine.form_for(
                spec, step, answers, language=translation.get_language(), data=request.POST
            )
        except (BadConfiguration, KeyError):
            return redirect(self.url("frame", step))
        is_done = form.is_valid()
        answers = answers | form.answers()
        keep_answers(request, self.eservice, answers)
        language = f"?lang={translation.get_language()}"
        if is_done:
            following = engine.next_step(spec, step, answers) or END
            return redirect(self.url("frame", following) + language)
        return HttpResponse(frame(request, self.eservice, self.definition, step, answers, form))


def frame(
    request: HttpRequest,
    eservice: EService,
    definition: Mapping[str, Any],
    step: str,
    answers: Mapping[str, Any],
    form: Any = None,
) -> str:
    """Return the page inside the telephone. A draft that cannot run says why, quietly."""
    language = str(translation.get_language() or "fr")
    context: dict[str, Any] = {"eservice": eservice, "language": language}
    try:
        spec = compiled(definition)
        shown = engine.steps(spec, answers)
        keys = [one.key for one in shown]
        at = keys.index(step) if step in keys else -1
        context |= {"steps": shown, "step": step, "position": at + 1}
        if step == END:
            context |= _end(spec, answers, language)
        elif shown:
            key = step if step in spec.step_by_key else keys[0]
            context |= {
                "form": form or engine.form_for(spec, key, answers, language=language),
                "step": key,
                "hidden": key not in keys,
                "previous": keys[at - 1] if at > 0 else "",
            }
    except (BadConfiguration, KeyError, ValueError, TypeError) as error:
        context["fault"] = str(error)
    return render_to_string("builder/frame.html", context, request)


def _end(spec: CompiledSpec, answers: Mapping[str, Any], language: str) -> dict[str, Any]:
    known = engine.computed(spec, answers)
    lines = engine.fee_lines(spec, known)
    return {
        "is_end": True,
        "sections": engine.summary(spec, known, language),
        "pieces": engine.pieces(spec, answers, language),
        "wrong": len(engine.check(spec, answers)),
        "lines": [(line, Money(line.amount, spec.currency)) for line in lines],
        "total": Money(sum(line.amount for line in lines), spec.currency),
        "declaration": spec.text("declaration", language),
    }
