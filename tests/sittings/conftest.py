"""The offices of SV-12, a dossier that reached the Council, and the people who handle it."""

import io
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfWriter

from eservices.attachments import services as attachments
from eservices.cases import services as cases
from eservices.catalog.models import EService
from eservices.filing import services as filing
from eservices.sittings import services
from portal.accounts.models import Office
from portal.accounts.sample import load_sample_offices
from tests.factories import AgentFactory
from tests.people import sign_in

SAMPLE = Path(settings.BASE_DIR) / "sample_content"


def member(office, role="agent", **values):
    return AgentFactory(office=Office.objects.get(code=office), role=role, **values)


def browser(user):
    client = Client()
    sign_in(client, user)
    return client


def url(name, *args):
    return reverse(f"backoffice:{name}", args=args)


@pytest.fixture
def council(db):
    load_sample_offices()
    call_command(
        "register_import", *sorted((SAMPLE / "registers").glob("*.yaml")), stdout=io.StringIO()
    )
    path = SAMPLE / "eservices" / "dossier-conseil-ministres.yaml"
    call_command("eservice_import", path, stdout=io.StringIO())
    return EService.objects.get(slug="dossier-conseil-ministres")


@pytest.fixture
def writer(council):
    return member("bf-agri-dgpv", full_name="Aminata Sawadogo")


@pytest.fixture
def clerk(council):
    return member("bf-sggcm", full_name="Honorine Bationo")


@pytest.fixture
def head(council):
    return member("bf-sggcm", "chief", full_name="Mathias Tarpaga")


def pdf():
    paper, stream = PdfWriter(), io.BytesIO()
    paper.add_blank_page(595, 842)
    paper.write(stream)
    return SimpleUploadedFile("rapport.pdf", stream.getvalue(), content_type="application/pdf")


def file_as(writer, council, **more):
    """File a dossier as the ministry does."""
    answers = {
        "nature": "decree", "title": "Projet de décret portant organisation de la filière karité",
        "abstract": "Le projet organise la filière.", "classification": "public",
        "urgent": False, "has_cost": False, "consulted": ["economie", "sante"],
        "consulted_by": (timezone.localdate() + timedelta(days=9)).isoformat(),
    } | more  # fmt: skip
    draft = filing.begin(council, owner=writer, language="fr")
    for step in [step["key"] for step in council.current.spec["steps"]]:
        filing.save_step(draft, step=step, answers=answers, is_done=True)
    for slot in ("presentation", "text"):
        attachments.store(
            pdf(), owner=filing.attachment_owner(draft), slot=slot, accept=["pdf"], max_mb=5
        )
    filing.save_step(draft, step=filing.PIECES, answers={}, is_done=True)
    return filing.submit(draft)


@pytest.fixture
def file_dossier(council, writer):
    return partial(file_as, writer, council)


def give_visa(case, agent, office, outcome):
    """Give the visa or the opinion that this office owes."""
    task = case.tasks.filter(status="open", office__code=office).get()
    cases.take(case, actor=agent, stage=task.stage)
    cases.complete(case, actor=agent, stage=task.stage, outcome=outcome)


@pytest.fixture
def bring(file_dossier, clerk):
    """Bring a dossier through its visas and consultations to the Council."""

    def to_the_council(**more):
        case = file_dossier(**more)
        for office, role, outcome in (
            ("bf-agri-sg", "chief", "favourable"),
            ("bf-agri-cabinet", "agent", "favourable"),
            ("bf-agri-cabinet", "chief", "favourable"),
            ("bf-sggcm", "agent", "accepted"),
            ("bf-economie", "chief", "favourable"),
            ("bf-sante", "chief", "favourable"),
            ("bf-sggcm", "agent", "ready"),
        ):
            agent = clerk if office == "bf-sggcm" else member(office, role)
            give_visa(case, agent, office, outcome)
        return case

    return to_the_council


@pytest.fixture
def sitting(clerk):
    return services.create(
        office=Office.objects.get(code="bf-sggcm"),
        actor=clerk,
        body="Conseil des ministres",
        starts_at=timezone.now() - timedelta(hours=3),
        place="Ouagadougou",
        chair="Son Excellence le Président du Faso",
    )
