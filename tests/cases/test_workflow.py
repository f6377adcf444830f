"""The status table, by enumeration, and what the database itself refuses."""

import itertools

import pytest
from django.db import IntegrityError, transaction

from eservices.cases import workflow
from eservices.cases.errors import TransitionNotAllowed
from eservices.cases.models import Case, CaseStatus
from eservices.cases.workflow import TRANSITIONS, Action


@pytest.mark.parametrize(("status", "action"), list(itertools.product(CaseStatus.values, Action)))
def test_every_action_from_every_status(status, action):
    row = TRANSITIONS[action]
    if status in row.sources:
        assert workflow.find(status, action).target_from(status) == row.target
    elif status in row.stays:
        assert workflow.find(status, action).target_from(status) == status
    else:
        with pytest.raises(TransitionNotAllowed):
            workflow.find(status, action)


def test_every_action_is_in_the_table():
    assert set(TRANSITIONS) == set(Action)


@pytest.mark.parametrize(
    "status", ["granted", "refused", "closed", "withdrawn", "awaiting_applicant"]
)
def test_database_refuses_a_status_without_its_dates(open_case, status):
    case = open_case()
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(status=status)


def test_database_refuses_a_filed_case_without_filing_date(open_case):
    case = open_case()
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(filed_at=None)
