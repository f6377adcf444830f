"""A circuit with everything at once: admissibility, three bodies in parallel, synthesis, signature."""

from typing import Any


def parallel_circuit(**changes: Any) -> dict[str, Any]:
    """Return a circuit whose middle is the block `bodies`; `changes` go into that block."""
    return {
        "stages": [
            {
                "key": "admissibility",
                "kind": "review",
                "role": "agent",
                "title": {"fr": "Recevabilité"},
                "fields": [
                    {"key": "sensitive", "type": "yes_no", "label": {"fr": "Dossier sensible ?"}},
                ],
                "outcomes": [
                    {"key": "accepted", "label": {"fr": "Recevable"}},
                    {"key": "rejected", "label": {"fr": "Irrecevable"}, "to": "refuse"},
                ],
            },
            {
                "key": "bodies",
                "title": {"fr": "Avis des organismes"},
                "branches": [
                    {
                        "key": "registry",
                        "kind": "review",
                        "role": "agent",
                        "title": {"fr": "Greffe"},
                        "fields": [
                            {"key": "rccm", "type": "text", "label": {"fr": "Numéro RCCM"}},
                        ],
                    },
                    [
                        {
                            "key": "tax",
                            "kind": "review",
                            "role": "agent",
                            "office": "tax-office",
                            "sees": ["person"],
                            "title": {"fr": "Impôts"},
                            "fields": [
                                {"key": "ncc", "type": "text", "label": {"fr": "Numéro NCC"}}
                            ],
                        },
                        {
                            "key": "tax_chief",
                            "kind": "visa",
                            "role": "chief",
                            "office": "tax-office",
                            "title": {"fr": "Visa du chef des impôts"},
                        },
                    ],
                    {
                        "key": "police",
                        "kind": "opinion",
                        "role": "agent",
                        "office": {"relative": "parent"},
                        "show_if": {"eq": [{"var": "sensitive"}, True]},
                        "title": {"fr": "Avis du ministère"},
                    },
                ],
            }
            | changes,
            {
                "key": "synthesis",
                "kind": "review",
                "role": "agent",
                "title": {"fr": "Synthèse"},
                "show_if": {"filled": [{"var": "rccm"}]},
            },
            {
                "key": "signature",
                "kind": "signature",
                "role": "chief",
                "title": {"fr": "Signature"},
            },
        ]
    }
