"""Kill -9 in the middle of the work of the desk: nothing lost, nothing twice, numbers without gap.

Slow (about fifteen minutes): `pytest -m faults -s tests/faults/test_desk_job.py`; each
test stands alone (`-k many`, `-k hearing` …). Results are in docs/faults.md.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.citizen import Browser
from tests.faults.portal_process import Desk, WholePortal
from tests.faults.test_kill import MINUTE, wait_until

pytestmark = pytest.mark.faults
AGENT, CHIEF = "essai-agent@guichet.example", "essai-chef@guichet.example"
LONG = 2 * MINUTE
ONCE = {"1": 1}


class Trial:
    """A portal at work, the people of its office, and what was killed."""

    def __init__(self, portal: WholePortal) -> None:
        self.portal = portal
        self.ask = portal.ask
        self.armed: list[str] = []
        self.kills = 0
        self.ask("set_up_desk")

    def agent(self, email: str = AGENT) -> "Agent":
        return Agent(self, email)

    def file(self, slug: str, number: int) -> list[str]:
        references = self.ask("open_cases", slug, number)
        self.wait_delivered()
        return references

    def arm(self, point: str, passage: int = 1) -> None:
        self.armed.append(point)
        self.portal.flags.arm(point, passage=passage)

    def wait_killed(self) -> None:
        """Wait until every armed place has ended its process."""
        for point in self.armed:
            wait_until(
                lambda at=point: self.portal.flags.killed_at(at), LONG, f"killed at: {point}"
            )
        last = max(map(self.portal.flags.killed_at, self.armed))
        print(f"killed at {', '.join(self.armed)}", end="")
        self.kills += len(self.armed)
        self.armed.clear()
        self.last_kill = last

    def wait_for(self, done: Callable[[], Any], what: str) -> None:
        wait_until(done, MINUTE, what)
        print(f"; {what} {time.time() - self.last_kill:.1f} s after the last")

    def wait_delivered(self) -> None:
        wait_until(lambda: self.ask("is_all_delivered"), LONG, "everything is delivered")

    def check(self) -> None:
        self.wait_delivered()
        assert self.ask("general_faults") == []
        assert self.ask("desk_faults") == []


class Agent(Browser):
    """Somebody at the desk with a browser."""

    def __init__(self, trial: Trial, email: str) -> None:
        super().__init__(trial.portal.port, timeout=180)
        self.trial = trial
        self.http.cookies.set("sessionid", trial.ask("session_of", email))

    def send(self, name: str, *args: Any, page: str = "", **data: Any) -> httpx.Response:
        """Send the form at the address `name`; a page that does not come is loaded again."""
        where = self.trial.ask("address", f"backoffice:{name}", *args)
        answer = self.press(where, data, page=page or where)
        assert answer.status_code != 422, answer.text
        return answer

    def act_on(self, references: list[str], **data: Any) -> httpx.Response:
        """Carry one action out on many files, from the queue."""
        queue = self.trial.ask("address", "backoffice:queue")
        return self.send("bulk", page=queue, case=references, **data)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    portal = WholePortal(Path(tmp_path_factory.mktemp("desk-job")))
    trial = Trial(portal)
    yield trial
    print(f"{trial.kills} kills")
    portal.end()


@pytest.fixture
def trial(whole: Trial) -> Trial:
    """The portal, with nothing left over of a trial that failed."""
    whole.portal.flags.disarm()
    whole.armed.clear()
    return whole


def test_kill_the_web_server_in_the_middle_of_many_files(trial: Trial) -> None:
    files = trial.file("essai-lot", 50)
    agent = trial.agent()
    trial.arm("bulk: one not begun", 5)
    trial.arm("bulk: one changed, not committed", 20)
    trial.arm("bulk: one done", 60)
    answer = agent.act_on(files, action="take")
    trial.wait_killed()
    print(f"; answered after {agent.failures} pages that did not come")
    assert answer.status_code == 200
    assert all(one in answer.text for one in files)
    assert trial.ask("history", files, "take") == {"1": 50}
    assert trial.ask("state", files)["with"] == {AGENT: 50}
    trial.check()

    trial.arm("bulk: one not begun", 10)
    trial.arm("passed on, not committed", 25)
    trial.arm("bulk: one done", 40)
    data = {"action": "transfer", "office": "second-office", "reason": "Mal adressées"}
    answer = trial.agent().act_on(files, **data)
    trial.wait_killed()
    assert all(one in answer.text for one in files)
    trial.wait_delivered()
    assert trial.ask("history", files, "transfer") == {"1": 50}
    there = trial.ask("state", files)
    assert (there["office"], there["open"]) == ({"second-office": 50}, {"1": 50})
    assert trial.ask("told", "case.rerouted", files) == {"1": 50}
    trial.check()


@pytest.mark.parametrize("point", ["passed on, not committed", "passed on, not answered"])
def test_kill_the_web_server_while_one_file_is_passed_on(trial: Trial, point: str) -> None:
    files = trial.file("essai-lot", 1)
    agent = trial.agent()
    agent.send("take", *files)
    trial.arm(point)
    second = trial.ask("office_number", "second-office")
    answer = agent.send("transfer", *files, office=second, reason="Mal adressée")
    trial.wait_killed()
    assert answer.headers["location"] == trial.ask("address", "backoffice:queue")
    print()
    trial.wait_delivered()
    assert trial.ask("history", files, "transfer") == ONCE
    assert trial.ask("told", "case.rerouted", files) == ONCE
    trial.check()


def test_kill_web_and_worker_around_a_hearing(trial: Trial) -> None:
    files = trial.file("essai-audience", 12)
    hearing = trial.ask("prepare_hearing", files)
    agent = trial.agent()
    trial.arm("hearing: one not begun", 3)
    trial.arm("hearing: one decided, not committed", 6)
    trial.arm("hearing: all decided, not closed")
    trial.arm("hearing: closed, not answered", 1)
    trial.arm("act numbered, not drawn")
    trial.arm("act registered, not committed")
    trial.arm("act committed, decision without it")
    given = {f"outcome-{item}": "favourable" for item in hearing["items"]}
    agent.send("hearing", hearing["pk"], present="Mme Ali", remarks="Rien", **given)
    trial.wait_killed()

    def written() -> bool:
        return bool(trial.ask("hearing_state", hearing["pk"])["number"])

    trial.wait_for(written, "minutes written")
    there = trial.ask("hearing_state", hearing["pk"])
    assert (there["is_held"], there["undecided"]) == (True, 0)
    assert there["minutes"] == [there["number"]]
    assert trial.ask("history", files, "complete") == {"1": 12}
    assert trial.ask("state", files)["open"] == {"1": 12}
    trial.check()


def test_kill_web_and_worker_while_a_sitting_is_applied(trial: Trial) -> None:
    files = trial.file("essai-seance", 10)
    verdicts = ["adopted"] * 6 + ["reserved"] + ["rejected"] * 2 + ["adjourned"]
    sitting = trial.ask("prepare_sitting", files, verdicts)
    trial.wait_delivered()
    trial.arm("sitting: one applied, not committed", 4)
    trial.arm("sitting: closed, not answered")
    trial.arm("act numbered, not drawn", 5)
    trial.arm("act registered, not committed", 3)
    trial.arm("act committed, decision without it", 2)
    page = trial.ask("address", "backoffice:sitting", sitting)
    end = {"ends_at": time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 3 * 3600))}
    trial.agent(CHIEF).send("sitting_action", sitting, "close", page=page, **end)
    trial.wait_killed()
    trial.wait_for(lambda: trial.ask("state", files)["acts"] == {"1": 7, "0": 3}, "acts issued")
    there = trial.ask("sitting_state", sitting)
    assert there["status"] == "closed"
    assert len(there["minutes"]) == 1
    assert trial.ask("state", files)["status"] == {"granted": 7, "refused": 2, "in_review": 1}
    assert trial.ask("history", files, "grant") == {"1": 7, "0": 3}
    assert trial.ask("history", files, "refuse") == {"1": 2, "0": 8}
    trial.wait_delivered()
    assert trial.ask("told", "case.refused", files) == {"1": 2, "0": 8}
    trial.check()


def test_kill_the_worker_while_files_are_made(trial: Trial) -> None:
    trial.file("essai-lot", 10)
    agent, made = trial.agent(), 0
    for point in ("begun", "half written", "written, not kept", "kept, not committed"):
        trial.arm(f"export: {point}")
        agent.send("exports", content="cases", format="xlsx", query="")
        trial.wait_killed()
        made += 1

        def ready(number: int = made) -> bool:
            rows = trial.ask("export_state", AGENT)
            return len(rows) == number and all(row["is_there"] for row in rows)

        if point != "begun":  # once as long as it takes
            assert trial.ask("let_files_wait") == 1
        wait_until(ready, 6 * MINUTE, f"the file is made after: {point}")
        print(f"; made {time.time() - trial.last_kill:.0f} s after the kill")
    trial.arm("export: kept, not committed")
    assert trial.ask("plan_figures", "weekly") == 1
    trial.wait_killed()
    assert trial.ask("let_files_wait") == 1
    wait_until(lambda: trial.ask("mails", "desk.figures_ready"), 6 * MINUTE, "the chief is told")
    print(f"; told {time.time() - trial.last_kill:.0f} s after the kill")
    assert trial.ask("mails", "desk.figures_ready") == 1
    assert [row["is_there"] for row in trial.ask("export_state", CHIEF)] == [True]
    assert trial.ask("export_files") == made + 1
    trial.check()


@pytest.mark.parametrize("method", ["random", "load"])
def test_kill_the_worker_while_files_are_given_out(trial: Trial, method: str) -> None:
    trial.ask("give_out", "essai-reparti", method)
    trial.arm("distribution: not given", 3)
    trial.arm("distribution: given, not committed", 6)
    trial.arm("distribution: given, message not done", 12)
    files = trial.ask("open_cases", "essai-reparti", 20)
    others = [Desk(trial.portal.env | {"FAULT_SPARED": "1"}) for _ in range(2)]
    for other in others:  # who else gives out the same files at the same time
        other.tell("distribute", files)
    print([other.answer() for other in others], end=" ")
    trial.wait_killed()
    trial.wait_delivered()
    trial.wait_for(lambda: "" not in trial.ask("state", files)["with"], "all given out")
    assert trial.ask("history", files, "assign") == {"1": 20}
    for other in others:
        other.end()
    trial.check()


def test_what_ends_its_worker_each_time_waits_in_the_repair_list(trial: Trial) -> None:
    files = trial.file("essai-lot", 1)
    trial.ask("grant", *files)
    for _attempt in range(4):
        assert trial.ask("state", files)["repair"] == 0
        trial.arm("act not numbered")
        trial.ask("let_lease_end")
        trial.wait_killed()
    assert trial.ask("state", files)["repair"] == 1
    trial.ask("let_lease_end")
    trial.wait_for(lambda: trial.ask("state", files)["acts"] == ONCE, "act issued")
    assert trial.ask("state", files)["repair"] == 0
    trial.check()


def test_kill_those_that_run_the_timers_at_once(trial: Trial) -> None:
    files = trial.file("essai-delai", 20)
    trial.arm("timer: not begun", 7)
    trial.arm("timer: told, not committed", 20)
    trial.arm("timer: silence taken, not committed", 4)
    trial.arm("timer: done", 60)
    points, rounds = list(trial.armed), 0
    while not all(map(trial.portal.flags.killed_at, points)):
        rounds += 1
        assert rounds < 9, "some place was not reached"
        two = [Desk(trial.portal.env) for _ in range(2)]
        for one in two:
            one.tell("is_quiet")
            one.answer()  # it has started
        if rounds == 1:
            assert trial.ask("let_time_pass", "essai-delai") == 60
        for one in two:
            one.tell("run_timers")
        for one in two:
            one.answer_or_end()
            one.end()
    trial.wait_killed()
    print(f"; {rounds} rounds")
    trial.ask("run_timers")
    trial.wait_delivered()
    for action in ("remind", "escalate", "silence"):
        assert trial.ask("history", files, action) == {"1": 20}, action
    # At most: silence ended the stages at once, and no mail comes after the work.
    assert trial.ask("mails", "stage.reminder") <= 20 * 4  # the four agents of the office
    assert trial.ask("mails", "stage.escalated") <= 20
    assert trial.ask("state", files)["open"] == {"1": 20}
    trial.check()
