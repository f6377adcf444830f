"""The journal: written with the act, chained in order, changed by nobody, faults found and named."""

import io
import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from eservices.cases import services as cases
from portal.accounts.models import Office
from portal.audit import checking, exporting, jobs, sealing, services
from portal.audit.middleware import StaffActsMiddleware
from portal.audit.models import AuditHead, AuditLine, AuditLink
from portal.audit.services import UTC
from portal.notifications.models import Delivery
from portal.notifications.subscribers import mail_audit_head
from tests.factories import AgentFactory, CaseFactory, OfficeFactory
from tests.people import make_administrator, make_citizen, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines():
    """Five chained lines."""
    written = [services.record("test.done", subject=f"S-{n}", details={"n": n}) for n in range(5)]
    assert services.chain() == 5
    return written


def kinds(**options):
    return [(fault.kind, fault.position) for fault in checking.faults(**options)]


def force(*statements):
    """Do what an administrator of the database could do: take the triggers away first."""
    from importlib import import_module

    migration = import_module("portal.audit.migrations.0002_append_only")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        migration.remove(None, SimpleNamespace(connection=connection, execute=cursor.execute))
        for statement, values in statements:
            cursor.execute(statement, values)


@pytest.mark.parametrize("model", [AuditLine, AuditLink, AuditHead])
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_database_refuses_to_change_or_remove(lines, model, verb):
    services.close_day(timezone.now().date())
    rows = model._base_manager.all()
    assert rows.exists()
    field = "act" if model is AuditLine else "digest"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(**{field: "x"}) if verb == "update" else rows._raw_delete("default")


def test_whole_journal_has_no_fault(lines):
    assert kinds() == []
    out = io.StringIO()
    call_command("audit_verify", stdout=out)
    assert "whole: 5 lines" in out.getvalue()


def test_altered_line_is_named(lines):
    force(("UPDATE audit_auditline SET subject = %s WHERE id = %s", ["X", lines[2].pk]))
    assert kinds() == [("altered", 3)]
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 fault"):
        call_command("audit_verify", stdout=out)
    assert "line 3 (test.done X" in out.getvalue()


def test_removed_line_is_named(lines):
    force(
        ("DELETE FROM audit_auditlink WHERE line_id = %s", [lines[1].pk]),
        ("DELETE FROM audit_auditline WHERE id = %s", [lines[1].pk]),
    )
    assert kinds() == [("removed", 2)]


def test_chain_worked_out_anew_without_the_key_is_found(lines):
    """Who removes a line and mends all digests after it still cannot seal the links."""
    statements = [
        ("DELETE FROM audit_auditlink WHERE position >= 2", []),
        ("DELETE FROM audit_auditline WHERE id = %s", [lines[1].pk]),
    ]
    previous = AuditLink.objects.get(position=1).digest
    for position, line in enumerate(lines[2:], 2):
        digest = sealing.digest(position, previous, line.content(), line.seal)
        values = [position, line.pk, previous, digest, "0" * 64, timezone.now()]
        insert = (
            "INSERT INTO audit_auditlink (position, line_id, previous, digest, seal, chained_at)"
        )
        statements.append((f"{insert} VALUES (%s, %s, %s, %s, %s, %s)", values))
        previous = digest
    force(*statements)
    assert kinds() == [("replaced", 2), ("replaced", 3), ("replaced", 4)]


def test_cut_end_is_found_by_the_head_of_the_day_and_by_the_one_on_paper(lines):
    out = io.StringIO()
    call_command("audit_head", stdout=out)
    position, _colon, digest = out.getvalue().strip().partition(":")
    force(("DELETE FROM audit_auditlink WHERE position = 5", []),
          ("DELETE FROM audit_auditline WHERE id = %s", [lines[4].pk]))  # fmt: skip
    assert kinds() == []
    assert kinds(known_head=(int(position), digest)) == [("cut", 5)]


def test_line_added_behind_the_portal_is_found(lines):
    AuditLine.objects.create(act="test.done", seal="0" * 64)
    services.chain()
    assert kinds() == [("altered", 6)]


def test_line_that_was_not_chained_is_found(lines):
    services.record("test.done", subject="late")
    line = AuditLine.objects.unchained().get()
    assert kinds() == []
    late = line.at - timedelta(hours=2)
    force(("UPDATE audit_auditline SET at = %s WHERE id = %s", [late, line.pk]))
    assert kinds() == [("altered", None)]


def test_line_of_a_long_transaction_is_chained_when_the_day_is_closed(lines):
    line = AuditLine(act="test.done", at=timezone.now() - timedelta(hours=3))
    line.seal = sealing.seal(line.content())
    line.save()
    assert services.chain() == 0
    assert kinds() == [("unchained", None)]
    assert services.chain(everything=True) == 1
    assert kinds() == []


def test_act_rolled_back_leaves_no_line(db):
    with transaction.atomic():
        services.record("test.done")
        transaction.set_rollback(True)
    assert not AuditLine.objects.exists()


def test_head_of_each_day_is_kept_once_and_mailed(lines, settings):
    settings.AUDIT_MAIL_TO = ["controle@guichet.example"]
    today = timezone.now().astimezone(UTC).date()
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        assert jobs.close_days() == 2
        assert jobs.close_days() == 0
        head = AuditHead.objects.get(day=today)
        assert (head.position, head.digest) == (5, AuditLink.objects.get(position=5).digest)
        mail_audit_head(today.isoformat())
        mail_audit_head(today.isoformat())
    mail = Delivery.objects.get(to="controle@guichet.example")
    assert f"5:{head.digest}" in mail.body


def test_export_can_be_checked_without_us(lines):
    import hashlib

    rows = [json.loads(row) for row in exporting.lines()]
    assert [row["position"] for row in rows] == [1, 2, 3, 4, 5]
    previous = "0" * 64
    for row in rows:
        text = json.dumps(row["line"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        whole = f"{row['position']}\n{previous}\n{row['seal']}\n{text}"
        assert row["previous"] == previous
        assert hashlib.sha256(whole.encode()).hexdigest() == row["digest"]
        previous = row["digest"]


# --- What is written ---------------------------------------------------------------------------
def acts(**filters):
    return list(AuditLine.objects.filter(**filters).order_by("pk").values_list("act", "actor_name"))


def test_acts_of_an_agent_on_a_case_leave_lines(db):
    office = OfficeFactory(code="dj-central")
    agent = AgentFactory(office=office, full_name="Amina")
    case = CaseFactory(office=office)
    cases.take(case, actor=agent)
    cases.record_reading(case, reader=agent, role="agent", reason="Réclamation")
    found = AuditLine.objects.filter(subject=case.reference)
    assert acts(subject=case.reference) == [("case.taken", "Amina"), ("case.read", "Amina")]
    assert {line.office for line in found} == {"dj-central"}
    assert found.get(act="case.read").details == {"what": "case", "reason": "Réclamation"}


def test_citizen_s_own_acts_are_not_staff_acts(db):
    citizen = make_citizen()
    case = CaseFactory(applicant=citizen)
    cases.withdraw(case)
    assert acts(subject=case.reference) == []


def test_administrator_s_changes_and_roles_leave_lines(db):
    office = OfficeFactory(code="dj-central")
    person = make_citizen(email="new@guichet.example")
    browser = Client()
    admin = make_administrator()
    sign_in(browser, admin)
    answer = browser.post(
        "/cms/office-members/new/",
        {"person": "new@guichet.example", "office": office.pk, "role": "chief"},
    )
    assert answer.status_code == 302
    membership = person.office_memberships.get()
    browser.post(f"/cms/office-members/delete/{membership.pk}/")
    lines = AuditLine.objects.filter(actor_key=admin.pk).order_by("pk")
    assert [(line.act, line.role, line.office) for line in lines] == [
        ("role.given", "chief", "dj-central"), ("cms.changed", "", ""),
        ("role.taken", "chief", "dj-central"), ("cms.changed", "", ""),
    ]  # fmt: skip
    assert lines[0].request == lines[1].request != ""


@pytest.mark.parametrize(("status", "stays"), [(302, True), (500, False)])
def test_a_change_in_the_cms_and_its_line_are_one_transaction(status, stays, rf):
    def view(request):
        assert connection.in_atomic_block
        OfficeFactory(code="dj-new")
        return HttpResponse(status=status)

    request = rf.post("/cms/offices/new/")
    request.user = make_administrator()
    StaffActsMiddleware(view)(request)
    assert Office.objects.filter(code="dj-new").exists() is stays
    assert AuditLine.objects.filter(act="cms.changed").exists() is stays


def test_staff_sign_in_and_failure_leave_lines_without_what_was_typed(db):
    from portal.accounts import services as accounts

    agent = AgentFactory(full_name="Amina")
    agent.set_password("right-password-1")
    agent.save()
    agent.emailaddress_set.create(email=agent.email, verified=True, primary=True)
    accounts.enrol_totp(agent)
    browser = Client()
    for password in ("wrong-secret", "right-password-1"):
        browser.post(reverse("account_login"), {"login": agent.email, "password": password})
    assert ("staff.sign_in_failed", "") in acts()
    assert "wrong-secret" not in str(list(AuditLine.objects.values()))
