"""The questions: one step at a time, saved while they are written, and those a new version adds."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language

from eservices.filing import lines, news, progress, services
from eservices.filing.forms import SaveForm
from eservices.filing.views.base import DraftView
from eservices.formdefs import engine


class StepView(DraftView):
    """One step of questions."""

    def get(self, request: HttpRequest, key: uuid.UUID, step: str) -> HttpResponse:
        if not self._is_asked(step):  # a version, or another answer, took it away: on to the next
            return redirect(progress.first_gap_url(self.draft, self.spec))
        form = engine.form_for(self.spec, step, self.draft.answers, language=get_language())
        if step in self.draft.steps_done:
            self._object(form, step, {})
        return self._form_page(step, form)

    def post(self, request: HttpRequest, key: uuid.UUID, step: str) -> HttpResponse:
        if not self._is_asked(step):
            return redirect(progress.first_gap_url(self.draft, self.spec))
        form = self._posted(step)
        is_done, answers = form.is_valid() and not form.wants_more(), form.answers()
        is_objected = is_done and self._object(form, step, answers)
        is_done = is_done and not is_objected
        # What was typed is kept even when it is not right yet: nobody types it twice.
        services.save_step(self.draft, step=step, answers=answers, is_done=is_done)
        if "_later" in request.POST:
            return redirect("filing:later", key)
        if is_objected:  # drawn again from what is kept: with the lines that registers filled in
            form = engine.form_for(self.spec, step, self.draft.answers, language=get_language())
            self._object(form, step, {})
        if not is_done:
            return self._form_page(step, form, status=200 if form.wants_more() else 422)
        return redirect(progress.next_url(self.draft, self.spec, step))

    def patch(self, request: HttpRequest, key: uuid.UUID, step: str) -> HttpResponse:
        """Keep the answers just typed. Says what is saved, and what is not right yet."""
        if not self._is_asked(step):
            raise Http404
        data = QueryDict(request.body)
        save = SaveForm(data)
        if not save.is_valid():
            return JsonResponse({"problem": save.errors}, status=422)
        form = engine.PartialForm(
            self.spec, step, self.draft.answers, language=get_language(), data=data
        )
        services.autosave(
            self.draft,
            answers=form.answers(),
            tab=save.cleaned_data["_tab"],
            number=save.cleaned_data["_save"],
        )
        with timezone.override(self.draft.version.time_zone):
            at = timezone.localtime(self.draft.saved_at).strftime("%H:%M")
        return JsonResponse({"at": at, "problems": form.problems()})

    def _posted(self, step: str) -> engine.StepForm:
        """Return what was typed, with what registers fill in from it: rules may compare the two."""
        data, language = self.request.POST, get_language()
        form = engine.form_for(self.spec, step, self.draft.answers, language=language, data=data)
        form.is_valid()
        typed = {**self.draft.answers, **form.answers()}
        if not (found := lines.looked_up(self.draft, typed)):
            return form
        known = {**self.draft.answers, **found}
        return engine.form_for(self.spec, step, known, language=language, data=data)

    def _object(self, form: engine.StepForm, step: str, answers: dict[str, Any]) -> bool:
        """Tell what the registers object to these answers; whether they do."""
        objections = lines.objections(self.draft, answers, step)
        for path, texts in objections.items():
            form.object_to(path, texts)
        return bool(objections)

    def _is_asked(self, step: str) -> bool:
        return step in {place.key for place in engine.steps(self.spec, self.draft.answers)}

    def _form_page(self, step: str, form: engine.StepForm, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "step": step,
            "previous": progress.previous_url(self.draft, self.spec, step),
        }
        return self.page("filing/step.html", step, context, status)


class NewsView(DraftView):
    """What a new version of the service changed for this draft, and only the questions it brings."""

    tells_news = False

    def get(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        if not self.draft.news:
            return redirect(progress.first_gap_url(self.draft, self.spec))
        return self._news_page(self._form(None))

    def post(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        form = self._form(request.POST)
        is_done = form is None or form.is_valid()
        answers = form.answers() if form else {}
        services.accept_news(self.draft, answers=answers, is_done=is_done)
        if not is_done:
            return self._news_page(form, status=200 if form and form.wants_more() else 422)
        return redirect(progress.first_gap_url(self.draft, self.spec))

    def _form(self, data: Any) -> engine.StepForm | None:
        keys = [*self.draft.news.get("added", []), *self.draft.news.get("changed", [])]
        if not keys:
            return None
        return engine.form_for_fields(
            self.spec, keys, self.draft.answers, language=get_language() or "fr", data=data
        )

    def _news_page(self, form: engine.StepForm | None, status: int = 200) -> HttpResponse:
        context = {"form": form, "news": news.told(self.draft, self.spec)}
        return self.page("filing/news.html", "", context, status)
