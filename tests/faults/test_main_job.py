"""Kill -9 in the middle of submit, payment and act: nothing lost, nothing double, whole in a minute.

Slow (half an hour): `make faults`; each test stands alone (`-k web`, `-k payment`, `-k act`,
`-k random`), for a machine that has no such time in one piece; once more under `scripts/postgres_for_tests.py` for
PostgreSQL. Results are in docs/faults.md.
"""

import os
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from portal.outbox.services import LEASE
from tests.faults.citizen import Citizen
from tests.faults.portal_process import WholePortal
from tests.faults.test_kill import MINUTE, wait_until

pytestmark = pytest.mark.faults

# In which of the citizen's acts the web server is killed.
IN_WEB = {
    "piece written, not registered": "give_piece",
    "piece registered, not answered": "give_piece",
    "submit not begun": "send",
    "case written, not committed": "send",
    "pieces moved, not committed": "send",
    "submit committed, not answered": "send",
    "attempt frozen, provider not called": "go_and_pay",
    "provider called, answer not kept": "go_and_pay",
    "provider's answer kept, payer not sent": "go_and_pay",
    "receipt numbered, not committed": "come_back",
    "credit committed": "come_back",
    "case settled, not committed": "come_back",
}
AFTER_PAYMENT = [  # the worker, while nobody comes back to the portal
    "message handed over, not noted",
    "notice kept, not acknowledged",
    "notice not looked into",
    "receipt numbered, not committed",
    "credit committed",
    "settlement not begun",
    "case settled, not committed",
]
IN_ACT = [
    "act not numbered",
    "act numbered, not drawn",
    "act stored, not registered",
    "act registered, not committed",
    "act committed, decision without it",
    "decision has its act, message not done",
]
ACTS = ["write", "give_piece", "send", "go_and_pay", "come_back"]
RANDOM_FILINGS = 20
MOST_GROUPS = 2


class Waiting(NamedTuple):
    what: str
    reference: str
    stage: str
    since: float  # the kill, by the clock of the wall


class Trial:
    def __init__(self, portal: WholePortal) -> None:
        self.portal = portal
        self.citizens: list[Citizen] = []
        self.waiting: list[Waiting] = []

    def citizen(self) -> Citizen:
        self.citizens.append(Citizen(self.portal.port, len(self.citizens)))
        return self.citizens[-1]

    def arm(self, point: str) -> None:
        self.portal.flags.arm(point)

    def wait_for_kill(self, point: str) -> float:
        def killed() -> float:
            self.note_settled()
            return self.portal.flags.killed_at(point)

        wait_until(killed, 30, f"a process comes to: {point}")
        return killed()

    def watch(self, what: str, citizen: Citizen, stage: str, since: float) -> None:
        self.waiting.append(Waiting(what, citizen.reference, stage, since))

    def note_settled(self) -> None:
        for entry in list(self.waiting):
            if self.portal.ask("is_settled", entry.reference, entry.stage):
                self.waiting.remove(entry)
                if entry.what:
                    print(f"{entry.what}: settled {time.time() - entry.since:.1f} s later")
            else:
                late = time.time() - entry.since
                assert late < MINUTE, (
                    f"{entry.what}: {entry.reference} not settled in {MINUTE:.0f} s"
                )

    def wait_settled(self) -> None:
        while self.waiting:
            self.note_settled()
            time.sleep(0.2)

    def keep_apart(self) -> None:
        """Let the repairs of earlier kills pass: they must not run into the next one's place."""
        if self.waiting and time.time() - self.waiting[0].since > LEASE.seconds / 2:
            self.wait_settled()
        wait_until(lambda: self.portal.ask("is_quiet"), MINUTE, "what nobody holds is delivered")

    def faults(self) -> list[str]:
        # Work that was done before its worker ended is still marked as held.
        wait_until(lambda: self.portal.ask("is_all_delivered"), MINUTE, "everything is delivered")
        filings = [{"key": str(one.key), "answers": one.answers} for one in self.citizens]
        return self.portal.ask("faults", filings)


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    portal = WholePortal(Path(tmp_path_factory.mktemp("main-job")))
    yield Trial(portal)
    portal.end()


def come_back(citizen: Citizen, *, action: str = "notice_lost") -> None:
    """Pay; nobody tells the portal but the browser that returns."""
    citizen.look(citizen.pay(action))


def act(citizen: Citizen, name: str) -> None:
    if name == "come_back":
        come_back(citizen)
    else:
        getattr(citizen, name)()


def test_kill_the_web_server_while_the_citizen_waits(trial: Trial) -> None:
    begin = len(trial.citizens)
    for point, where in IN_WEB.items():
        kill_web(trial, point, where)
    trial.wait_settled()
    finish(trial, trial.citizens[begin:])


def test_kill_the_worker_after_payment(trial: Trial) -> None:
    begin = len(trial.citizens)
    for point in AFTER_PAYMENT:
        kill_worker_after_payment(trial, point)
    trial.wait_settled()
    finish(trial, trial.citizens[begin:])


def test_kill_the_worker_while_the_act_is_made(trial: Trial) -> None:
    ours = [trial.citizen() for _point in IN_ACT]
    for citizen in ours:
        for name in ACTS:
            act(citizen, name)
        trial.watch("", citizen, "filed", time.time())
    trial.wait_settled()
    for point, citizen in zip(IN_ACT, ours, strict=True):
        trial.keep_apart()
        trial.arm(point)
        trial.portal.ask("grant", citizen.reference)
        trial.watch(f"worker: {point}", citizen, "granted", trial.wait_for_kill(point))
    trial.wait_settled()
    assert not trial.faults()


def finish(trial: Trial, citizens: list[Citizen]) -> None:
    """Sign what was filed, wait for the acts, and look for anything lost or doubled."""
    for citizen in citizens:
        trial.portal.ask("grant", citizen.reference)
        trial.watch("", citizen, "granted", time.time())
    trial.wait_settled()
    assert not trial.faults()


def kill_web(trial: Trial, point: str, where: str) -> None:
    citizen = trial.citizen()
    since = 0.0
    for name in ACTS:
        if name == where:
            trial.arm(point)
        act(citizen, name)
        if name == where:
            since = trial.wait_for_kill(point)
            assert citizen.failures, "the citizen noticed nothing: the worker was killed instead"
            print(f"web: {point}: answered {time.time() - since:.1f} s later")
    if where == "come_back":
        trial.watch(f"web: {point}", citizen, "filed", since)
    else:
        trial.watch("", citizen, "filed", time.time())


def kill_worker_after_payment(trial: Trial, point: str) -> None:
    citizen = trial.citizen()
    for name in ACTS[:-1]:
        act(citizen, name)
    trial.keep_apart()
    trial.arm(point)
    citizen.pay()
    trial.watch(f"worker: {point}", citizen, "filed", trial.wait_for_kill(point))


class Killer(threading.Thread):
    """Ends processes of the portal at random moments until told to stop."""

    def __init__(self, portal: WholePortal, seed: int) -> None:
        super().__init__(daemon=True)
        self.portal = portal
        self.random = random.Random(seed)
        self.stopping = threading.Event()
        self.kills: list[str] = []
        self.last = 0.0

    def run(self) -> None:
        while not self.stopping.is_set():
            # A group that ends again and again is started later and later, on purpose: twice each.
            groups = ["web", "cluster"] if self.kills.count("web") < MOST_GROUPS else []
            round_ = ["web_worker"] * 4 + ["queue_worker"] * 3 + groups
            self.random.shuffle(round_)
            for name in round_:
                if not self.stopping.wait(self.random.uniform(0.5, 2)):
                    self._kill(name)

    def _kill(self, name: str) -> None:
        try:
            getattr(self.portal, name)().kill()
        except (psutil.NoSuchProcess, IndexError):
            return  # it is being started anew
        self.kills.append(name)
        self.last = time.time()


def test_kill_at_random(trial: Trial) -> None:
    seed = int(os.environ.get("FAULT_SEED", "0")) or random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    killer = Killer(trial.portal, seed)
    killer.start()
    ours: list[Citizen] = []
    granted: list[Citizen] = []
    for _number in range(RANDOM_FILINGS):
        ours.append(trial.citizen())
        for name in ACTS[:-1]:
            time.sleep(chance.uniform(0, 0.5))  # people read
            act(ours[-1], name)
        come_back(ours[-1], action=chance.choice(["accept", "notice_lost", "notice_twice"]))
        granted += grant_filed(trial, [one for one in ours if one not in granted])
    killer.stopping.set()
    killer.join()
    print(f"{len(killer.kills)} kills: {killer.kills}")
    for citizen in ours:
        stage = "granted" if citizen in granted else "filed"
        trial.watch(f"random, {stage}, after the last kill", citizen, stage, killer.last)
    trial.wait_settled()
    for citizen in grant_filed(trial, [one for one in ours if one not in granted]):
        trial.watch("", citizen, "granted", time.time())
    trial.wait_settled()
    assert not trial.faults()


def grant_filed(trial: Trial, citizens: list[Citizen]) -> list[Citizen]:
    """Sign what is filed and return it: acts are produced while processes end."""
    filed = [one for one in citizens if trial.portal.ask("is_settled", one.reference, "filed")]
    for citizen in filed:
        trial.portal.ask("grant", citizen.reference)
    return filed
