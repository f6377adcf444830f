"""A paid e-service that reserves: the line is kept before the money is asked, and never lost after."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, connections
from django.utils import timezone

from eservices.cases import jobs
from eservices.cases import services as cases
from eservices.cases.errors import BadRequest
from eservices.cases.models import Case, CaseStatus
from eservices.cases.services import Applicant
from eservices.catalog import services as catalog
from eservices.payments import services as payments
from eservices.payments.services import doctor
from eservices.registers import services as registers
from eservices.registers.models import PeriodReservation, RegisterEntry
from tests.people import make_agent, make_office
from tests.registers.conftest import DRIVERS
from tests.sample_spec import sample_definition

ANSWERS = {
    "last_name": "ABDI", "first_names": "Hawa", "phone": "+25377123456", "copies": 2, "reason": "school",
}  # fmt: skip
ROOM = {
    "key": "room", "register": DRIVERS["code"], "entry": "SALLE", "from": "2030-01-10",
    "to": "2030-01-12", "field": "last_name",
}  # fmt: skip


def make_version():
    make_office("test-office")
    register = registers.save_register(DRIVERS)
    values = {"number": "SALLE", "name": "Salle des fêtes", "category": "A"}
    registers.add_entry(register, values, actor=None)
    return catalog.publish(sample_definition(reservations=[ROOM]))


def send(version):
    applicant = Applicant(name="ABDI Hawa", phone="+25377123456")
    return cases.open_case(version=version, applicant=applicant, answers=ANSWERS)


def pay(case):
    office = case.office
    payments.pay_cash(case.payment, cashier=make_agent(office, "cashier"), office=office)
    cases.settle(case.payment_id)
    case.refresh_from_db()


@pytest.mark.django_db
def test_the_second_is_refused_before_it_pays_and_the_first_is_always_filed():
    version = make_version()
    first = send(version)
    assert first.status == CaseStatus.AWAITING_PAYMENT
    with pytest.raises(BadRequest, match=first.reference):
        send(version)
    pay(first)
    assert first.status == CaseStatus.SUBMITTED
    assert PeriodReservation.objects.standing().count() == 1


@pytest.mark.django_db
def test_what_is_not_paid_in_a_day_is_given_back():
    version = make_version()
    first = send(version)
    assert jobs.lapse_unpaid() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert jobs.lapse_unpaid() == 1
        assert jobs.lapse_unpaid() == 0
        second = send(version)
    first.refresh_from_db()
    assert (first.status, first.payment.status) == (CaseStatus.WITHDRAWN, "cancelled")
    assert first.payment_id != second.payment_id
    assert list(doctor.faults()) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_may_pay():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer: races are proved on PostgreSQL")
    version = make_version()
    answers: list[str] = []

    def attempt():
        try:
            answers.append(send(version).reference)
        except BadRequest:
            answers.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=attempt) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count("refused") == 5
    case = Case.objects.get()
    pay(case)
    assert case.status == CaseStatus.SUBMITTED
    assert RegisterEntry.objects.get().periods.standing().count() == 1
