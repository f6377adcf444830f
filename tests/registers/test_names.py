"""SV-07: a company has its name alone, in whatever spelling; a name that is asked for is kept 30 days."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from eservices.catalog.models import EService
from eservices.formdefs import engine
from eservices.registers import plans
from eservices.registers.errors import RegisterError
from eservices.registers.models import RegisterEntry
from portal.accounts.sample import load_sample_offices
from tests.formdefs.builders import sample

SAMPLE = Path(settings.BASE_DIR) / "sample_content"


@pytest.fixture
def source(db):
    load_sample_offices()
    registers = [
        SAMPLE / "registers" / f"{name}-ci.yaml" for name in ("entreprises", "noms-reserves")
    ]
    call_command("register_import", *registers, stdout=io.StringIO())
    path = SAMPLE / "eservices" / "creation-entreprise.yaml"
    call_command("eservice_import", path, stdout=io.StringIO())
    return EService.objects.get(slug="creation-entreprise").current.spec


def asked(name, **more):
    answers = sample("creation-entreprise")["tests"][0]["answers"] | {"name_1": name} | more
    return engine.computed(engine.compile(sample("creation-entreprise")), answers)


def faults(source, name, **more):
    return set(plans.entry_faults(source, asked(name, **more)))


def follow(source, moment, owner, **more):
    answers = asked("Atelier Kouassi", **more) | more  # what agents found stands beside
    plans.follow(source, answers, moment, plans.Holder(owner, f"2026/{owner}"))


@pytest.mark.parametrize("name", ["Cacao d'Or", "CACAO D’OR", "cacao-d or", "Câcao  D'ôr"])
def test_the_name_of_a_company_is_refused_however_it_is_written(source, name):
    assert faults(source, name) == {"name_1"}
    assert faults(source, "Atelier Kouassi", name_2=name) == {"name_2"}
    assert faults(source, "Cacao d'Orient") == set()


def test_a_name_asked_is_kept_thirty_days_and_the_refusal_names_nobody(source):
    follow(source, "submit", "case:1", name_2="Maison Aya")
    (told,) = plans.entry_faults(source, asked("ATELIER-KOUASSI"))["name_1"]
    assert "réservé" in told
    assert "case:1" not in told
    assert plans.entry_faults(source, asked("Atelier Kouassi"), owner="case:1") == {}
    with pytest.raises(RegisterError, match="réservé"):
        follow(source, "submit", "case:2")
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert faults(source, "Atelier Kouassi") == set()
    follow(source, "refused", "case:1")
    assert faults(source, "Atelier Kouassi", name_2="maison aya") == set()


def test_a_company_registered_keeps_its_name_for_good(source):
    follow(source, "submit", "case:1")
    follow(source, "granted", "case:1", kept_name="Atelier Kouassi", rccm="CI-1")
    entry = RegisterEntry.objects.get(key="atelier kouassi", register__code="entreprises-ci")
    assert entry.label == "Atelier Kouassi"
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        assert faults(source, "Atelier Kouassi") == {"name_1"}
