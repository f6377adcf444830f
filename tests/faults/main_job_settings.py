"""Development settings with the places where a process can be made to end."""

from portal.settings.dev import *
from portal.settings.dev import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.apps.Points"]
