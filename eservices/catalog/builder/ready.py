"""What the screens share that say whether a draft may be published."""

from django.utils.functional import cached_property

from eservices.catalog.builder.access import EServiceView
from eservices.catalog.builder.findings import Readiness, readiness


class ReadyView(EServiceView):
    @cached_property
    def state(self) -> Readiness:
        return readiness(self.eservice, self.definition)
