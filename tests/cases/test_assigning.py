"""A chief gives a case to somebody, with a motive; whoever may not do the stage is refused."""

import pytest

from eservices.cases import services as cases
from eservices.cases.errors import BadRequest, NotAllowed
from eservices.cases.models import Case, CaseStatus


def holder(case):
    return Case.objects.get(pk=case.pk).assignee


def test_chief_gives_and_takes_away_with_a_motive(open_case, person):
    case, chief, one, two = open_case(), person("chief"), person(), person()
    cases.assign(case, to=one, actor=chief, reason="Elle parle somali")
    assert holder(case) == one
    cases.assign(case, to=two, actor=chief, reason="En congé")
    assert holder(case) == two
    event = case.events.filter(action="assign").last()
    assert (event.note, event.data["from"], event.data["to"]) == ("En congé", one.pk, two.pk)
    assert not event.is_public
    assert Case.objects.get(pk=case.pk).status == CaseStatus.IN_REVIEW


def test_agents_do_not_give_and_a_motive_is_needed(open_case, person):
    case, chief, one, two = open_case(), person("chief"), person(), person()
    with pytest.raises(NotAllowed):
        cases.assign(case, to=two, actor=one, reason="Je préfère")
    with pytest.raises(BadRequest):
        cases.assign(case, to=one, actor=chief, reason="  ")
    assert holder(case) is None


def test_only_who_may_do_the_stage_receives(proposed, person):
    case, agent, chief = proposed
    other = person("chief")
    for stranger in (agent, person("cashier")):
        with pytest.raises(BadRequest):
            cases.assign(case, to=stranger, actor=chief, reason="Essai")
    cases.assign(case, to=other, actor=chief, reason="Absente")
    assert holder(case) == other


def test_the_portal_distributes_without_an_actor(open_case, person):
    case, one = open_case(), person()
    cases.assign(case, to=one, actor=None, reason="Tirage au sort", method="random")
    with pytest.raises(BadRequest):  # of two workers that give it out, the second comes late
        cases.assign(case, to=person(), actor=None, reason="Tirage au sort", method="random")
    assert holder(case) == one
    assert case.events.get(action="assign").actor is None
