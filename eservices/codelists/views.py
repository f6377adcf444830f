"""Shared lists of answers in the administration: what there is, and importing a new version."""

import csv
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views import View

from eservices.codelists import services as codelists
from eservices.codelists.forms import ImportForm
from eservices.codelists.models import CodeList
from eservices.codelists.reading import Reading
from portal.accounts.models import User

PERMISSION = "codelists.change_codelist"
MOST_LINES_SHOWN = 200


class ListsView(View):
    """Base: for those who may change lists."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class IndexView(ListsView):
    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [(one, one.last) for one in CodeList.objects.all()]
        return render(request, "codelists/index.html", {"rows": rows})


class ImportView(ListsView):
    """Check a file line by line, then import it; nothing is written before it is all good."""

    def get(self, request: HttpRequest) -> HttpResponse:
        known = CodeList.objects.filter(key=request.GET.get("key", "")).first()
        initial = {"key": known.key, "title": str(known)} if known else {}
        return self._page(request, ImportForm(initial=initial), None)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ImportForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, form, None, status=422)
        key, content = form.cleaned_data["key"], form.content()
        if "check" in request.POST:
            return self._page(request, form, codelists.preview(key, content))
        by = request.user if isinstance(request.user, User) else None
        try:
            version, reading = codelists.import_csv(
                key, content, title=form.cleaned_data["title"], by=by
            )
        except codelists.ListRefused as exc:
            return self._page(request, form, exc.details["reading"], status=422)
        messages.success(
            request,
            _("The list %(list)s is imported: version %(number)d, %(count)d entries.")
            % {"list": key, "number": version.number, "count": len(reading.entries)},
        )
        return redirect("codelists:index")

    def _page(
        self, request: HttpRequest, form: ImportForm, reading: Reading | None, status: int = 200
    ) -> HttpResponse:
        lines = []
        if reading is not None:  # what is wrong first, then what changes
            order = {"": 0, "changed": 1, "new": 2, "same": 3}
            lines = sorted(reading.lines, key=lambda line: (order[line.state], line.number))
        context = {
            "form": form,
            "reading": reading,
            "lines": lines[:MOST_LINES_SHOWN],
            "hidden": max(0, len(lines) - MOST_LINES_SHOWN),
            "counts": [
                (_("new"), reading.count("new")),
                (_("changed"), reading.count("changed")),
                (_("unchanged"), reading.count("same")),
                (_("no longer in the list"), len(reading.gone)),
            ]
            if reading
            else [],
        }
        return render(request, "codelists/import.html", context, status=status)


class DownloadView(ListsView):
    """The last version as the CSV that can be changed and imported again."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        last = get_object_or_404(CodeList, key=key).last
        entries = last.entries if last else []
        labels = [_by_language(one["label"]) for one in entries]
        languages = sorted({code for one in labels for code in one} | {"fr"})
        response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{key}.csv"'
        writer = csv.writer(response, delimiter=";")
        writer.writerow(
            ["value", *(f"label_{code}" for code in languages), "parent", "from", "until"]
        )
        for one, label in zip(entries, labels, strict=True):
            rest = [one.get(name, "") for name in ("parent", "from", "until")]
            writer.writerow([one["value"], *(label.get(code, "") for code in languages), *rest])
        return response


def _by_language(label: Any) -> dict[str, str]:
    return label if isinstance(label, dict) else {"fr": label}
