"""What each component, setting and comparison of form.io is here, and what it cannot be."""

from typing import Any

from django.utils.translation import gettext_lazy

TYPES: dict[str, dict[str, Any]] = {
    "textfield": {"type": "text"}, "textarea": {"type": "long_text"}, "number": {"type": "decimal", "decimals": 4},
    "currency": {"type": "money"}, "date": {"type": "date"}, "datetime": {"type": "date_time"},
    "time": {"type": "time"}, "email": {"type": "email"}, "phoneNumber": {"type": "phone"},
    "checkbox": {"type": "consent"}, "radio": {"type": "choice", "widget": "radio"},
    "select": {"type": "choice", "widget": "select"}, "selectboxes": {"type": "multi_choice"},
    "file": {"type": "file"}, "signature": {"type": "signature"}, "map": {"type": "map_point"},
    "iban": {"type": "bank_account", "kinds": ["iban"]}, "content": {"type": "explanation"},
    "htmlelement": {"type": "explanation"}, "bsn": {"type": "national_id"}, "tags": {"type": "text"},
    "postcode": {"type": "text"}, "licenseplate": {"type": "text"}, "addressNL": {"type": "address"},
    "address": {"type": "address"}, "partners": {"type": "person"}, "customerProfile": {"type": "phone"},
    "day": {"type": "partial_date"}, "url": {"type": "url"},
}  # fmt: skip
CHANGED = {"postcode": gettext_lazy("a text"), "licenseplate": gettext_lazy("a text"), "addressNL": gettext_lazy("an address without postcode"),
           "customerProfile": gettext_lazy("a telephone"), "partners": gettext_lazy("a person"), "tags": gettext_lazy("a text"),
           "address": gettext_lazy("an address without postcode"), "bsn": gettext_lazy("the national number of this country")}  # fmt: skip
ROWS = frozenset({"editgrid", "datagrid"})
MAX_BOXES = 3
BOXES = frozenset(
    {"fieldset", "panel", "well", "container"}
)  # a box with its condition and its title
SILENT = frozenset(
    {"submit", "reset", "saveState", "save", ""}
)  # what a button may do: ours do it too
LOST_KEYS = {
    "prefill": gettext_lazy("the prefilling"),
    "registration": gettext_lazy("the registration"),
    "defaultValue": gettext_lazy("the default answer"),
    "customDefaultValue": gettext_lazy("the default answer"),
    "calculateValue": gettext_lazy("the calculation"),
    "logic": gettext_lazy("its own logic"),
    "errors": gettext_lazy("its own error messages"),
}
COMPARED = {
    "isEqual": "eq", "isNotEqual": "ne", "lessThan": "lt", "greaterThan": "gt",
    "lessThanOrEqual": "le", "greaterThanOrEqual": "ge", "dateLessThan": "lt",
    "dateGreaterThan": "gt", "dateLessThanOrEqual": "le", "dateGreaterThanOrEqual": "ge",
    "isDateEqual": "eq", "isNotDateEqual": "ne", "includes": "contains", "startsWith": "starts_with",
}  # fmt: skip
