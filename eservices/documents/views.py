"""The public verification: anybody asks whether a paper or a PDF is the one that was issued."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.views import View
from django.views.decorators.http import require_safe

from eservices.documents import keys
from eservices.documents.codes import clean_code, mask
from eservices.documents.forms import VerifyForm
from eservices.documents.models import IssuedDocument
from portal.core.throttling import too_many

WINDOW = 600
ANY_LIMIT = 300  # a counter that scans papers all day, or a whole town behind one address
MISS_LIMIT = 30


class PublicProofView(View):
    """Never indexed, never cached. The address holds the code: the site's policy (same-origin) keeps
    it from other hosts; a stricter one would make browsers send forms with the origin "null"."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if too_many(request, "verify", limit=ANY_LIMIT, seconds=WINDOW):
            response: HttpResponseBase = render(request, "documents/busy.html", status=429)
            response["Retry-After"] = str(WINDOW)
        else:
            response = super().dispatch(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        patch_cache_control(response, private=True, no_store=True)
        return response

    def answer(self, document: IssuedDocument | None, *, same_file: bool | None) -> HttpResponse:
        """Show what may be known of `document`; an unknown one always gets the same page."""
        if document is None:
            if too_many(self.request, "verify-miss", limit=MISS_LIMIT, seconds=WINDOW):
                response = render(self.request, "documents/busy.html", status=429)
                response["Retry-After"] = str(WINDOW)
                return response
            return render(self.request, "documents/unknown.html", status=404)
        context = {
            "document": document,
            # The minutes of a hearing or of a sitting name the day, not a person.
            "subject": mask(document.subject) if document.is_of_request else "",
            "same_file": same_file,
            "expired": document.is_expired(),
        }
        return render(self.request, "documents/verified.html", context)


class VerifyView(PublicProofView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(VerifyForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = VerifyForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form, status=422)
        upload = form.cleaned_data["file"]
        if upload is None:
            return redirect("documents:verified", clean_code(form.cleaned_data["code"]))
        digest = hashlib.sha256()
        for chunk in upload.chunks():
            digest.update(chunk)
        documents = IssuedDocument.objects.select_related("office")
        document = documents.filter(sha256=digest.hexdigest()).first()
        code = clean_code(form.cleaned_data["code"])
        if document is None and code:
            # The paper says one thing and the file another: show the paper's, and say so.
            return self.answer(documents.filter(code=code).first(), same_file=False)
        return self.answer(document, same_file=True)

    def _page(self, form: VerifyForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "fingerprint": keys.vouching().pairs}
        return render(self.request, "documents/verify.html", context, status=status)


class VerifiedView(PublicProofView):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        # A code that cannot be one is looked up too, so that both answers take the same way.
        documents = IssuedDocument.objects.select_related("office")
        return self.answer(documents.filter(code=clean_code(code)).first(), same_file=None)


@require_safe
def authority(request: HttpRequest) -> HttpResponse:
    """Give the certificate that vouches for the seals of all offices."""
    response = HttpResponse(keys.vouching().certificate, content_type="application/x-pem-file")
    response["Content-Disposition"] = 'attachment; filename="autorite.pem"'
    return response
