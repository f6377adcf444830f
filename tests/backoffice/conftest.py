import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from eservices.attachments import services as attachments
from eservices.cases.services import attachment_owner
from portal.accounts.models import Role
from tests.factories import AgentFactory, OfficeFactory
from tests.people import sign_in


@pytest.fixture
def office(db):
    return OfficeFactory(code="dj-central")


@pytest.fixture
def agent(office):
    return AgentFactory(office=office, full_name="Amina Farah")


@pytest.fixture
def chief(office):
    return AgentFactory(office=office, role=Role.CHIEF, full_name="Kadra Houssein")


@pytest.fixture
def desk():
    """Return a browser in which this person works at the desk."""

    def browser(user):
        client = Client()
        sign_in(client, user)
        return client

    return browser


@pytest.fixture
def add_piece(settings, tmp_path):
    """Attach a small photo to a case."""

    def add(case, *, slot="id_document", name="carte.jpg"):
        stream = io.BytesIO()
        Image.effect_noise((900, 700), 60).convert("RGB").save(stream, "JPEG")
        upload = SimpleUploadedFile(name, stream.getvalue(), content_type="image/jpeg")
        return attachments.store(
            upload, owner=attachment_owner(case), slot=slot, accept=["jpeg"], max_mb=5
        )

    return add
