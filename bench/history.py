"""Years of an administration, made by PostgreSQL itself: cases, ten events each, tasks, decisions.

Forty offices share ten e-services; the first office is the one measured and gets a tenth of all.
Names are those of the region in their many spellings, the frequent ones frequent. One case of five
hundred is confidential; one in five of those being processed waits for an opinion of another office,
half of these of the first. One in ten was sent by telephone from the same cybercafé.
"""

import json
import time
from contextlib import contextmanager
from typing import Any

from django.db import connection

from eservices.cases.models import Case
from eservices.cases.searching import skeleton
from eservices.catalog import services as catalog
from eservices.formdefs.reading import fold
from portal.accounts import services as accounts
from portal.accounts.models import Office, OfficeMembership, User
from portal.core.models import WorkCalendar
from portal.core.references import new_reference
from tests.sample_spec import sample_definition

OFFICES, SERVICES, AGENTS = 40, 10, 5
SHARED_PHONE = "+25321350001"
FIRST_KEY = 1_000_000  # of a case that was made here; the statements below begin after it
TABLES = [
    "cases_case", "cases_caseevent", "cases_casetask", "cases_decision", "cases_complement",
    "cases_casereading",
]  # fmt: skip
FIRST_NAMES = """Mohamed Mohammed Mouhamed Ahmed Hassan Houssein Ibrahim Fatouma Fatima Aïcha Amina Hodan Kadra
Moussa Idriss Ismaël Omar Ali Abdoulaye Abdulay Youssouf Zeinab Mariam Khadidja Saada Souleymane Issa
Rodrigue Prudence Yvette Adjoua Koffi Awa Binta Salif Rasmané Alimata Clarisse Kouassi Yao"""
LAST_NAMES = """Robleh Guelleh Waberi Farah Aden Djama Abdillahi Dirir Elmi Warsama Barkat Bouh Doualeh Egueh
Gaas Hersi Kamil Liban Meraneh Nour Obsieh Raghe Samatar Sougueh Traoré Ouédraogo Sawadogo Kaboré
Compaoré Zongo Dossou Hounkpatin Agbossou Adjovi Zinsou Tossou Koné Coulibaly Diabaté Bamba Touré
Kouassi Brou Aka Gnahoré"""
ACTION_NAMES = "open take ask reply propose take grant document collect hand_over"
FIRST, LAST, ACTIONS = FIRST_NAMES.split(), LAST_NAMES.split(), ACTION_NAMES.split()


def prepare(agent: User) -> None:
    """Make the offices, the people and the e-services."""
    calendar = WorkCalendar.objects.get(code="dj")
    offices = [agent.office_memberships.get().office]
    for number in range(1, OFFICES):
        offices.append(
            accounts.save_office(
                f"bench-{number}", name={"fr": f"Bureau {number}"}, calendar=calendar, country="DJ",
                time_zone="Africa/Djibouti",
            )
        )  # fmt: skip
    for office in offices:
        for number in range(AGENTS):
            person = User.objects.create(full_name=f"Agent {office.pk}-{number}")
            OfficeMembership.objects.create(office=office, user=person, role="agent")
    codes = [office.code for office in offices]
    for number in range(SERVICES):
        title = {"fr": f"Service {number}"}
        catalog.publish(
            sample_definition(
                slug=f"million-{number}", code=f"M-{number}", fees=[], offices=codes, title=title
            )
        )


def made() -> int:
    """Return how many cases there are already."""
    return Case.objects.filter(pk__gt=FIRST_KEY).count()


def grow(agent: User, start: int, stop: int) -> float:
    """Make the cases from `start` to `stop`; return how many seconds it took."""
    begin = time.monotonic()
    with connection.cursor() as cursor, _without_indexes(cursor):
        _give_defaults(cursor)
        cursor.execute("SET session_replication_role = replica")  # the keys are right by design
        for statement in (
            CASES,
            TASKS,
            GUESTS,
            ELSEWHERE,
            DECISIONS,
            COMPLEMENTS,
            READINGS,
            EVENTS,
        ):
            cursor.execute(statement, _parameters(agent, start, stop))
        cursor.execute("SET session_replication_role = origin")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return time.monotonic() - begin


def give_numbers(cases: Any) -> list[str]:
    """Give true references to some cases: those made in bulk have no check letter."""
    for case in cases:
        case.reference = new_reference("DJ26")
    Case.objects.bulk_update(cases, ["reference"])
    return [case.reference for case in cases]


def _parameters(agent: User, start: int, stop: int) -> dict[str, Any]:
    offices = [agent.office_memberships.get().office_id]
    offices += (
        Office.objects.filter(code__startswith="bench-").order_by("pk").values_list("pk", flat=True)
    )
    people = {
        office: list(
            OfficeMembership.objects.filter(office=office, role="agent")
            .order_by("pk")
            .values_list("user_id", flat=True)[:AGENTS]
        )
        for office in offices
    }
    versions = catalog.EService.objects.filter(slug__startswith="million-").order_by("pk")
    return {
        "start": start, "stop": stop, "offices": offices,
        "agents": [person for office in offices for person in people[office]],
        "services": [one.pk for one in versions], "versions": [one.current_id for one in versions],
        "first": FIRST, "last": LAST, "first_f": [fold(one) for one in FIRST],
        "last_f": [fold(one) for one in LAST], "first_s": [skeleton(one) for one in FIRST],
        "last_s": [skeleton(one) for one in LAST], "actions": ACTIONS,
        "label": json.dumps({"fr": "Acte introuvable"}), "shared": SHARED_PHONE,
    }  # fmt: skip


def _give_defaults(cursor: Any) -> None:
    """Let what the history does not tell be empty, as columns added since are in old cases."""
    empty = {"character varying": "''", "text": "''", "boolean": "false", "jsonb": "'{}'"}
    cursor.execute(
        "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE"
        " table_name = ANY(%s) AND is_nullable = 'NO' AND column_default IS NULL",
        [TABLES],
    )
    for table, column, kind in cursor.fetchall():
        if kind in empty:
            cursor.execute(f'ALTER TABLE {table} ALTER "{column}" SET DEFAULT {empty[kind]}')


@contextmanager
def _without_indexes(cursor: Any) -> Any:
    """Drop the indexes that no constraint needs, and build them again afterwards: much faster."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexname NOT IN"
        " (SELECT conname FROM pg_constraint)",
        [TABLES],
    )
    found = cursor.fetchall()
    for name, _definition in found:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    cursor.execute("SET maintenance_work_mem = '1GB'")
    for _name, definition in found:
        cursor.execute(definition)


# `h` is a number without pattern made of the case's own; every choice divides it differently.
CASES = """
WITH made AS (
  SELECT n, ('x' || substr(md5(n::text), 1, 7))::bit(28)::int AS h,
    ('x' || substr(md5(n::text), 8, 7))::bit(28)::int AS g
  FROM generate_series(%(start)s::int + 1, %(stop)s::int) n
), placed AS (
  SELECT *, CASE WHEN h %% 10 = 0 THEN 1 ELSE 2 + (g %% (cardinality(%(offices)s::bigint[]) - 1)) END AS o,
    1 + h / 10 %% cardinality(%(services)s::bigint[]) AS e,
    1 + least(h / 7 %% cardinality(%(first)s::text[]), g %% cardinality(%(first)s::text[])) AS f,
    1 + g / 11 %% cardinality(%(last)s::text[]) AS l,
    CASE WHEN g %% 100 < 4 THEN 'submitted' WHEN g %% 100 < 8 THEN 'in_review'
      WHEN g %% 100 < 9 THEN 'awaiting_applicant' WHEN g %% 100 < 20 THEN 'refused'
      WHEN g %% 100 < 24 THEN 'granted' ELSE 'closed' END AS status
  FROM made
), named AS (
  -- Fifty people of one name, at every size, so that what a search finds is as long at each.
  SELECT *, row_number() OVER (PARTITION BY o ORDER BY n) <= 50 AND o = 1 AND n <= 10000 AS is_same
  FROM placed
), timed AS (
  SELECT *, now() - CASE WHEN g %% 100 < 9 THEN h %% 86400 * interval '1 minute'
    ELSE interval '30 days' + h %% 900000 * interval '1 minute' END AS filed
  FROM named
)
INSERT INTO cases_case (id, reference, access_key, eservice_id, version_id, applicant_name, phone,
  email, language, answers, facts, search_text, status, stage, office_id, assignee_id, created_at,
  filed_at, due_at, paused_at, decided_at, ended_at, is_restricted)
SELECT 1000000 + n, 'DJ26-' || n, md5(n::text)::uuid, (%(services)s::bigint[])[e],
  (%(versions)s::bigint[])[e],
  CASE WHEN is_same THEN 'Mohammed Ouedraogo'
    ELSE (%(first)s::text[])[f] || ' ' || (%(last)s::text[])[l] || ' ' || n END,
  CASE WHEN g %% 10 = 3 THEN %(shared)s ELSE '+25377' || lpad((h %% 900000)::text, 6, '0') END, '', 'fr',
  jsonb_build_object('last_name', (%(last)s::text[])[l], 'first_names', (%(first)s::text[])[f],
    'phone', '+25377123456', 'copies', 1 + h / 100 %% 5, 'reason',
    CASE WHEN h / 500 %% 20 = 0 THEN 'other' ELSE 'school' END),
  '{}',
  CASE WHEN is_same THEN 'mohammed ouedraogo ecole ~mhmd~wdrg~kl~' ELSE
    (%(first_f)s::text[])[f] || ' ' || (%(last_f)s::text[])[l] || ' ecole ~'
    || (%(first_s)s::text[])[f] || '~' || (%(last_s)s::text[])[l] || '~kl~' END,
  status, 'review', (%(offices)s::bigint[])[o],
  CASE WHEN status IN ('in_review', 'awaiting_applicant')
    THEN (%(agents)s::bigint[])[(o - 1) * 5 + 1 + h / 10000 %% 5] END,
  filed, filed, filed + (1 + h %% 70) * interval '1 day',
  CASE WHEN status = 'awaiting_applicant' THEN filed + interval '1 day' END,
  CASE WHEN status IN ('granted', 'refused', 'closed') THEN filed + (1 + h %% 600) * interval '1 hour' END,
  CASE WHEN status = 'closed' THEN filed + (2 + h %% 600) * interval '1 hour' END, g %% 500 = 7
FROM timed
"""
ELSEWHERE = """
UPDATE cases_case SET asks_elsewhere = true WHERE id IN (SELECT case_id FROM cases_casetask
  WHERE is_guest AND status = 'open' AND case_id > 1000000 + %(start)s AND case_id <= 1000000 + %(stop)s)
"""
MADE = "FROM cases_case c WHERE c.id > 1000000 + %(start)s AND c.id <= 1000000 + %(stop)s"
PERSON = """(%(agents)s::bigint[])[(array_position(%(offices)s::bigint[], c.office_id) - 1) * 5 + 1 + c.id %% 5]"""
TASKS = f"""
INSERT INTO cases_casetask (case_id, filed_at, stage, kind, role, office_id, assignee_id, status, outcome, note,
  data, is_guest, actor_only, counts, problem, opened_at, done_at, done_by_id)
SELECT c.id, c.filed_at, s.stage, s.stage, s.role, c.office_id, coalesce(c.assignee_id, s.person), s.status, '', '',
  '{{}}', false, false, true, '', c.filed_at, c.decided_at, s.person
FROM cases_case c CROSS JOIN LATERAL (
  SELECT 'review' AS stage, 'agent' AS role, CASE WHEN c.decided_at IS NULL THEN 'open' ELSE 'done' END AS status,
    CASE WHEN c.decided_at IS NOT NULL THEN {PERSON} END AS person
  UNION ALL SELECT 'signature', 'chief', 'done', {PERSON} WHERE c.decided_at IS NOT NULL
) s WHERE c.id > 1000000 + %(start)s AND c.id <= 1000000 + %(stop)s
"""
GUESTS = """
INSERT INTO cases_casetask (case_id, filed_at, case_status, case_due_at, case_is_restricted, case_eservice_id,
  stage, kind, role, office_id, status, outcome, note, data, is_guest, actor_only, counts, problem, opened_at)
SELECT c.id, c.filed_at, c.status, c.due_at, c.is_restricted, c.eservice_id, 'signature', 'opinion', 'agent',
  (%(offices)s::bigint[])[CASE WHEN c.id %% 10 = 0 THEN 1
    ELSE 2 + c.id / 10 %% (cardinality(%(offices)s::bigint[]) - 1) END],
  'open', '', '', '{}', true, false, true, '', c.filed_at
FROM cases_case c
WHERE c.id > 1000000 + %(start)s AND c.id <= 1000000 + %(stop)s AND c.status = 'in_review'
  AND c.id %% 10 < 2 AND c.office_id <> (%(offices)s::bigint[])[1]
"""
DECISIONS = f"""
INSERT INTO cases_decision (case_id, outcome, motive, motive_label, reason, proposed_by_id,
  decided_by_id, decided_at)
SELECT c.id, CASE c.status WHEN 'refused' THEN 'refused' ELSE 'granted' END,
  CASE c.status WHEN 'refused' THEN 'not_found' ELSE '' END, %(label)s::jsonb, '', {PERSON}, {PERSON},
  c.decided_at
{MADE} AND c.decided_at IS NOT NULL
"""
COMPLEMENTS = f"""
INSERT INTO cases_complement (case_id, items, message, stage, asked_by_id, asked_at, answer_by,
  answered_at, previous)
SELECT c.id, '[]', 'Illisible', '', {PERSON}, c.filed_at + interval '1 day', c.filed_at + interval '31 days',
  CASE WHEN c.status <> 'awaiting_applicant' THEN c.filed_at + interval '3 days' END, '{{}}'
{MADE} AND (c.id %% 5 = 0 OR c.status = 'awaiting_applicant')
"""
READINGS = f"""
INSERT INTO cases_casereading (case_id, reader_id, office_id, role, what, reason, at)
SELECT c.id, {PERSON}, c.office_id, 'agent', 'case', CASE WHEN c.id %% 50 = 0 THEN 'control' ELSE '' END,
  c.filed_at + interval '1 hour'
{MADE}
"""
EVENTS = f"""
INSERT INTO cases_caseevent (case_id, action, from_status, to_status, actor_id, note, is_public, data, at, told_by_id)
SELECT c.id, CASE WHEN k = 6 AND c.id %% 30 = 0 THEN 'release' WHEN k = 6 AND c.id %% 60 = 1 THEN 'assign'
    ELSE (%(actions)s::text[])[k] END, 'in_review', 'in_review',
  CASE WHEN k IN (2, 3, 5, 6, 7, 10) THEN {PERSON} END, '', true,
  CASE WHEN k = 2 AND c.id %% 40 = 0 THEN '{{"skipped": 3}}'::jsonb
    WHEN k = 6 AND c.id %% 60 = 1 THEN jsonb_build_object('method', 'chief', 'from', {PERSON})
    ELSE '{{}}'::jsonb END,
  least(now(), c.filed_at + k * interval '2 hours'),
  CASE WHEN k = 2 AND c.id %% 40 = 0 OR k = 6 AND (c.id %% 30 = 0 OR c.id %% 60 = 1) THEN c.office_id END
FROM cases_case c CROSS JOIN generate_series(1, 10) k
WHERE c.id > 1000000 + %(start)s AND c.id <= 1000000 + %(stop)s
"""
