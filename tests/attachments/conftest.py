from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from eservices.attachments import services
from eservices.attachments.models import Attachment
from tests.private_files import private_folder  # noqa: F401

Keep = Callable[..., Attachment]


@pytest.fixture
def keep(db) -> Keep:
    """Send `content` named `name` as a citizen would."""

    def send(content: bytes, name: str = "scan.pdf", **options: object) -> Attachment:
        defaults = {
            "owner": "draft:1",
            "slot": "id_document",
            "accept": ["pdf", "jpeg", "png"],
            "max_mb": 5,
        }
        upload = SimpleUploadedFile("x", content, content_type="text/html")
        upload._name = name  # what the browser claims, before Django shortens it
        return services.store(upload, **(defaults | options))

    return send
