"""The shape of the house: what import-linter cannot see."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField, OneToOneField

ROOT = Path(__file__).resolve().parent.parent
OURS = ("portal", "eservices", "cms_pages")
# Top to bottom, as the import contract of pyproject.toml; a key may point down only.
LAYERS = [
    {"cms_pages", "backoffice", "filing"},
    {"casework", "figures", "feedback", "sittings", "duties", "tutelage"},
    {"cases"},
    {"catalog"},
    {"registers"},
    {
        "formdefs",
        "attachments",
        "payments",
        "appointments",
        "codelists",
        "documents",
        "sandbox",
        "payments_sandbox",
    },
    {"notifications"},
    {"accounts"},
    {"audit"},
    {"outbox"},
    {"core"},
]
BANNED_NAMES = {"utils.py", "helpers.py", "signals.py", "mixins.py", "common.py", "misc.py"}
LONGEST_MODULE, LONGEST_TEST, LONGEST_FUNCTION = 400, 500, 40


def our_apps():
    return [config for config in apps.get_app_configs() if config.name.split(".")[0] in OURS]


def layer_of(label):
    return next((level for level, labels in enumerate(LAYERS) if label in labels), None)


def sources(*folders):
    return [
        path
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts
    ]


@pytest.mark.parametrize("config", our_apps(), ids=lambda config: config.label)
def test_foreign_keys_point_down(config):
    level = layer_of(config.label)
    assert level is not None, f"{config.label} has no layer in tests/test_architecture.py"
    for model in config.get_models():
        for field in model._meta.get_fields():
            if not isinstance(field, ForeignKey | ManyToManyField | OneToOneField):
                continue
            target = field.related_model._meta.app_label
            if (below := layer_of(target)) is not None and target != config.label:
                assert below > level, f"{model.__name__}.{field.name} points up, to {target}"


@pytest.mark.parametrize("config", our_apps(), ids=lambda config: config.label)
def test_labels_are_written_out(config):
    assert "label" in vars(type(config)), f"{config.name}: write its label, tables depend on it"


def test_no_drawer_for_everything():
    found = [path for path in sources(*OURS) if path.name in BANNED_NAMES]
    assert found == []


@pytest.mark.parametrize(
    ("folders", "limit"), [(OURS, LONGEST_MODULE), (["tests"], LONGEST_TEST)], ids=["code", "tests"]
)
def test_modules_are_short(folders, limit):
    lengths = {path: len(path.read_text().splitlines()) for path in sources(*folders)}
    settings = ROOT / "portal" / "settings"
    long = [
        f"{path.relative_to(ROOT)}: {length}"
        for path, length in lengths.items()
        if length > limit and path.parent != settings
    ]
    assert long == []


def test_functions_are_short():
    long = []
    for path in sources(*OURS):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.end_lineno:
                length = node.end_lineno - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {length}")
    assert long == []


def test_only_services_and_their_like_write():
    """Views never save: what changes is changed by a service."""
    writes = {"save", "create", "bulk_create", "update_or_create", "get_or_create"}
    found = []
    for path in sources(*OURS):
        if path.name != "views.py" and path.parent.name != "views":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in writes
                and ".objects" in ast.unparse(node.func)
            ):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node.func)}")
    assert found == []
