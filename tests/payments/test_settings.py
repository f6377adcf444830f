"""What a real installation has of payments: no sandbox, no secret in sight."""

import os
import subprocess
import sys
from pathlib import Path

from eservices.payments import config

ROOT = Path(__file__).resolve().parents[2]
QUESTION = """
import django; django.setup()
from django.apps import apps
from django.urls import NoReverseMatch, reverse
from eservices.payments import providers
assert not apps.is_installed("eservices.payments.sandbox")
assert providers.get("stripe")._client._wsgi_app == ""
try:
    reverse("sandbox:checkout", args=["x"])
except NoReverseMatch:
    print("clean")
"""


def test_production_has_no_sandbox(tmp_path):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings.production",
        "GUICHET_DATA_DIR": str(tmp_path),
        "GUICHET_SECRET_KEY": "x" * 50,
        "GUICHET_HOSTS": "portal.test",
        "GUICHET_PAYMENTS": "1",
        "GUICHET_PAYMENT_SECRET_KEY": "sk_live_1",
        "GUICHET_PAYMENT_WEBHOOK_SECRETS": "whsec_1",
        "GUICHET_PAYMENT_LIVE": "1",
    }
    answer = subprocess.run(
        [sys.executable, "-c", QUESTION], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert answer.stdout == "clean\n", answer.stderr


def test_settings_do_not_print_their_secrets():
    shown = repr(config.current())
    assert "sk_test" not in shown
    assert "whsec" not in shown
