import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from eservices.catalog import services as catalog
from tests.people import make_office
from tests.sample_spec import sample_definition


@pytest.fixture
def office(db):
    return make_office("test-office")


@pytest.fixture
def version(office):
    return catalog.publish(sample_definition())


@pytest.fixture
def photo():
    def make(name="cni.jpg", size=(900, 700)):
        image = Image.effect_noise(size, 60).convert("RGB")
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=80)
        return SimpleUploadedFile(name, stream.getvalue(), content_type="image/jpeg")

    return make
