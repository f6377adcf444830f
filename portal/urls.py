"""Every address of the site, in one place. Wagtail is last: it answers whatever is left."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from eservices.backoffice.views.outside import OpinionView
from eservices.filing.views.hosts import HostView

handler500 = "portal.core.unavailable.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("portal.core.urls")),  # /healthz, /readyz
    path("webhooks/", include("eservices.payments.webhook_urls")),
    # The CMS has a login of its own that knows neither second factor nor rate limit: close that door.
    path("cms/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("cms/", include(wagtailadmin_urls)),
    path("media-documents/", include(wagtaildocs_urls)),
]

if settings.DEV_TOOLS:
    urlpatterns.append(path("__dev__/", include("portal.dev_urls")))
if settings.PAYMENTS_SANDBOX:
    urlpatterns.append(path("sandbox/", include("eservices.payments.sandbox.urls")))

# French has no prefix, the other languages have one: an address says its language, so that an
# anonymous page needs no cookie and can be cached and shared.
urlpatterns += i18n_patterns(
    path("agent/", include("eservices.backoffice.urls")),
    # Tokens are long: the short words after /avis/ are votes on pages.
    re_path(r"^avis/(?P<token>[\w-]{16,})/$", OpinionView.as_view(), name="opinion"),
    # Printed as a QR code: short, so that its squares stay large enough for an old phone.
    path("visa/<str:reference>/<slug:token>/", HostView.as_view(), name="host"),
    path("demarches/", include("eservices.filing.urls")),
    path("suivi/", include("eservices.filing.tracking_urls")),
    path("suggestions-et-plaintes/", include("eservices.feedback.urls")),
    path("paiement/", include("eservices.payments.urls")),
    path("pieces/", include("eservices.attachments.urls")),
    path("documents/", include("eservices.documents.urls")),
    path("compte/", include("portal.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("cms_pages.urls")),
    # The second door of the CMS, for private pages: same reason as above.
    path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    re_path(r"", include(wagtail_urls)),
    prefix_default_language=False,
)
