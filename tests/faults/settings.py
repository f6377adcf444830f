"""Development settings with the trial's handler, in a data folder of its own."""

from portal.settings.dev import *
from portal.settings.dev import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.apps.Config"]
