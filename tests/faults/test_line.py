"""The journey of tests/journeys/test_cut.py on a line that loses 30 % of its packets each way.

In a network of its own, where only the loss is added: the browser, the server and the three cuts are
those of the journey. Slow, for `make faults`. Results are in docs/faults.md.
"""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.faults.test_kill import ROOT

pytestmark = pytest.mark.faults
TIMES = 1
LINE = """
ip link set lo up
nft add table ip line
nft 'add chain ip line out { type filter hook output priority 0; }'
nft 'add rule ip line out ip protocol tcp numgen random mod 100 < 30 counter drop'
"$0" -m pytest -q -p no:randomly -m journey tests/journeys/test_cut.py
nft list ruleset
"""


@pytest.mark.parametrize("time", range(TIMES))
def test_line_that_loses_packets_loses_no_answer_and_sends_nothing_twice(time):
    if os.geteuid() or not shutil.which("nft") or not shutil.which("ip"):
        pytest.skip("needs root, and the Debian packages nftables and iproute2")
    answer = subprocess.run(
        ["unshare", "-n", "sh", "-c", LINE, sys.executable],
        cwd=ROOT,
        env={**os.environ, "PAGE_TIMEOUT": "90000"},
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert "1 passed" in answer.stdout, answer.stdout[-3000:]
    lost = re.search(r"counter packets (\d+)", answer.stdout)
    assert lost, answer.stdout
    assert int(lost[1]) > 50
    print(f"\n{lost[1]} packets lost, {answer.stdout.splitlines()[1]}")
