"""Filing over a line that loses 30 % of its packets and breaks off every ten seconds.

Slow (some minutes), for `make faults`. Results are in docs/faults.md.
"""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.faults.line_trial import CITIZENS
from tests.faults.test_kill import ROOT

pytestmark = pytest.mark.faults


def test_bad_line_loses_nothing_and_sends_nothing_twice(tmp_path):
    if os.geteuid() or not shutil.which("nft") or not shutil.which("ip"):
        pytest.skip("needs root, and the Debian packages nftables and iproute2")
    command = ["unshare", "-n", sys.executable, "-m", "tests.faults.line_trial", str(tmp_path)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1800)
    assert answer.returncode == 0, answer.stderr[-3000:]
    told = json.loads(answer.stdout.splitlines()[-1])
    print(json.dumps(told, indent=1, ensure_ascii=False))
    assert told["cuts"] > CITIZENS
    assert told["cases"] == {f"Essai{number}": 1 for number in range(CITIZENS)}
    assert told["incomplete"] == []
    assert told["pieces_right"]
    assert (told["drafts_left"], told["uploads_left"]) == (0, 0)
