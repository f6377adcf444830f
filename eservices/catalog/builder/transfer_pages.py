"""Taking an e-service away as a file, and bringing one in from elsewhere."""

import json
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _

from eservices.catalog import drafting, transfer
from eservices.catalog.builder.access import BuilderView, EServiceView
from eservices.catalog.builder.importers import IMPORTERS
from eservices.catalog.errors import NameTaken
from eservices.catalog.models import EService
from eservices.catalog.transfer import FileRefused
from eservices.codelists.models import CodeList
from eservices.formdefs.importers.base import Imported, Loss
from portal.accounts.models import Office
from portal.core.texts import pick

SALT = "builder-import"


class ExportView(EServiceView):
    """The draft, or a published version, as one YAML file."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        wanted = request.GET.get("version", "")
        definition: Any = self.eservice.definition
        name = f"{self.eservice.slug}.yaml"
        if wanted.isdecimal() and (version := self.eservice.versions.filter(number=wanted).first()):
            definition, name = version.spec, f"{self.eservice.slug}-v{wanted}.yaml"
        response = HttpResponse(transfer.dump(definition), content_type="application/yaml")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class ImportView(BuilderView):
    """First the file; then the offices that are not known here, the name, the price."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page("import", importers=IMPORTERS)

    def post(self, request: HttpRequest) -> HttpResponse:
        if "held" in request.POST:
            return self._second(request)
        upload = request.FILES.get("file")
        importer = IMPORTERS.get(request.POST.get("format", "yaml"), IMPORTERS["yaml"])
        if upload is None:
            return self.page("import", 422, importers=IMPORTERS, problem=_("Choose a file."))
        try:
            if (upload.size or 0) > transfer.MAX_BYTES:
                raise FileRefused(_("The file is larger than 2 MB."))
            found = importer.read(upload.read(), upload.name or "")
        except FileRefused as error:
            return self.page("import", 422, importers=IMPORTERS, problem=str(error))
        if isinstance(found.definition.get("title"), str):
            found.definition["title"] = {"fr": found.definition["title"]}
        slug, code = transfer.free_names(found.definition)
        return self._ask(found, {"slug": slug, "code": code}, {})

    def _second(self, request: HttpRequest) -> HttpResponse:
        try:
            held = json.loads(signing.loads(request.POST["held"], salt=SALT, max_age=86_400))
        except (signing.BadSignature, ValueError):
            messages.error(request, _("This page is too old: choose the file again."))
            return redirect("builder:import")
        found = Imported(held["definition"], [Loss(*loss) for loss in held["losses"]])
        typed = {name: request.POST.get(name, "").strip()[:80] for name in ("slug", "code")}
        unknown = transfer.unknown_offices(found.definition)
        known = set(Office.objects.values_list("code", flat=True))
        choices = {code: request.POST.get(f"office.{code}", "") for code in unknown}
        problems = {
            f"office.{code}": _("Choose the office that replaces it here.")
            for code, chosen in choices.items()
            if chosen not in known
        }
        if not typed["slug"] or slugify(typed["slug"]) != typed["slug"]:
            problems["slug"] = _("Small letters, figures and hyphens only.")
        if not typed["code"] or len(typed["code"]) > 20:
            problems["code"] = _("From 1 to 20 characters.")
        if problems:
            return self._ask(found, typed, problems, choices, 422)
        definition = transfer.with_lists(found.definition, self._lists(found))
        definition = transfer.with_offices(definition, choices) | typed
        definition.setdefault("country", "DJ")
        try:
            eservice = drafting.create(definition, by=self.user, summary=_("Imported"))
        except NameTaken as taken:
            problems = {str(taken.details["field"]): str(taken)}
            return self._ask(found, typed, problems, choices, 422)
        messages.success(request, _("Imported. Check its offices and its fee, then publish it."))
        return redirect("builder:check", eservice.pk)

    def _lists(self, found: Imported) -> dict[str, str]:
        """Return the list of here that was chosen for each of the file."""
        here = set(CodeList.objects.values_list("key", flat=True))
        names = transfer.shared_lists(found.definition) + transfer.unknown_lists(found.definition)
        chosen = {name: self.request.POST.get(f"list.{name}", "") for name in names}
        return {name: key for name, key in chosen.items() if key in here}

    def _ask(
        self,
        found: Imported,
        typed: dict[str, str],
        problems: dict[str, str],
        choices: dict[str, str] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        losses = [(loss.place, loss.text) for loss in found.losses]
        held = json.dumps({"definition": found.definition, "losses": losses})
        unknown = [
            (code, (choices or {}).get(code, ""), problems.get(f"office.{code}", ""))
            for code in transfer.unknown_offices(found.definition)
        ]
        shared = transfer.shared_lists(found.definition)
        if "held" in self.request.POST:
            local = self._lists(found)
        else:
            local = {name: name for name in shared}
        missing = transfer.unknown_lists(found.definition)
        return self.page(
            "import_names",
            status,
            held=signing.dumps(held, salt=SALT, compress=True),
            title=pick(found.definition.get("title")),
            losses=found.losses,
            unknown=unknown,
            shared=[(name, local.get(name, "")) for name in shared],
            missing=[(name, local.get(name, "")) for name in missing],
            code_lists=CodeList.objects.all(),
            offices=Office.objects.open().order_by("country", "code"),
            typed=typed,
            problems=problems,
            twin=EService.objects.filter(slug=found.definition.get("slug")).first(),
        )
