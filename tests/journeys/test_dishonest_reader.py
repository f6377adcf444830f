"""J6: an agent holds, skips and looks at a neighbour's file; citizen and chief see it, for good."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from eservices.cases import services as cases
from portal.accounts.models import Office, User
from portal.audit import services as audit
from portal.audit.models import AuditLine
from tests.audit.test_journal import force
from tests.conftest import DESKTOP
from tests.factories import CaseFactory
from tests.journeys.actors import sign_in_staff

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_look_into_a_neighbour_s_file_is_asked_for_told_and_kept(new_page, portal, password):
    office = Office.objects.get(code="dj-djibouti-central")
    colleague = User.objects.get(email="agent2.dj@guichet.example")
    citizen = User.objects.get(email="citoyenne@guichet.example")
    case = CaseFactory(office=office, applicant=citizen)
    cases.take(case, actor=colleague, reason="Exercice")
    held, friend = _tricks(office)

    desk = new_page(viewport=DESKTOP)
    desk.set_default_timeout(30_000)
    sign_in_staff(desk, "agent.dj@guichet.example", password)
    # A friend's request before the older one: the page asks why, the chief reads it.
    desk.goto(f"/agent/dossiers/{friend.reference}/prendre/")
    desk.fill("[name=reason]", "Départ demain")
    desk.locator("main form button.g-button--primary, main form .g-actions button").first.click()
    desk.wait_for_load_state()
    desk.goto(f"/agent/dossiers/{case.reference}/")
    assert "Robleh" not in desk.locator(".g-summary").all_inner_texts()
    desk.locator('[name="why"][value="other"]').check()
    desk.fill("[name=details]", "Ma voisine m'a demandé")
    desk.locator("main form button.g-button--primary").click()
    desk.wait_for_load_state()
    assert "Robleh" in desk.locator("main").inner_text()

    mine = new_page()
    mine.goto("/accounts/login/")
    mine.fill('[name="login"]', citizen.email)
    mine.fill('[name="password"]', password)
    mine.locator("main form button[type=submit]").first.click()
    mine.wait_for_load_state()
    mine.goto("/suivi/mes-donnees/")
    told = mine.locator("table").inner_text()
    assert "Ma voisine m'a demandé" in told
    assert "Amina Farah Omar" in told

    # The files above were put there without the worker that counts them.
    call_command("rebuild_figures", stdout=io.StringIO())
    report = new_page(viewport=DESKTOP)
    sign_in_staff(report, "chef.dj@guichet.example", password)
    report.goto("/agent/chiffres/equite/")
    seen = report.locator("main").inner_text()
    for trick in ("Ma voisine m'a demandé", "Départ demain", friend.reference, held.reference):
        assert trick in seen

    call_command("audit_verify", stdout=io.StringIO())
    line = AuditLine.objects.get(act="case.read", subject=case.reference)
    force(("UPDATE audit_auditline SET actor_name = %s WHERE id = %s", ["Idriss", line.pk]))
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 fault"):
        call_command("audit_verify", stdout=out)
    assert f"case.read {case.reference}" in out.getvalue()
    assert audit.chain() == 0


def _tricks(office):
    """A file that is held, and a friend's that came after an older one."""
    now = timezone.now()
    amina = User.objects.get(email="agent.dj@guichet.example")
    held = CaseFactory(
        office=office, in_review=True, assignee=amina, filed_at=now - timedelta(days=9), due_at=now
    )
    CaseFactory(office=office, filed_at=now - timedelta(days=3))
    return held, CaseFactory(office=office, filed_at=now - timedelta(hours=3))
