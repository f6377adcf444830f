"""A small e-service for tests and benchmarks: two steps, one piece, one fee, two stages."""

from typing import Any


def sample_definition(**changes: Any) -> dict[str, Any]:
    """Return a valid definition; `changes` replace its entries."""
    return {
        "slug": "extrait-test",
        "code": "TEST-1",
        "country": "DJ",
        "currency": "DJF",
        "languages": ["fr"],
        "title": {"fr": "Extrait d’essai", "en": "Trial extract", "ar": "مستخرج تجريبي"},
        "summary": {"fr": "Pour essayer."},
        "steps": [
            {
                "key": "person",
                "title": {"fr": "Qui est concerné"},
                "fields": [
                    {"key": "last_name", "type": "text", "label": {"fr": "Nom"}, "max_length": 80},
                    {"key": "first_names", "type": "text", "label": {"fr": "Prénoms"}},
                    {"key": "phone", "type": "phone", "label": {"fr": "Téléphone"}},
                ],
            },
            {
                "key": "request",
                "title": {"fr": "Votre demande"},
                "fields": [
                    {
                        "key": "copies",
                        "type": "integer",
                        "label": {"fr": "Copies"},
                        "min": 1,
                        "max": 5,
                    },
                    {
                        "key": "reason",
                        "type": "choice",
                        "label": {"fr": "Motif"},
                        "options": [
                            {"value": "school", "label": {"fr": "École"}},
                            {"value": "other", "label": {"fr": "Autre"}},
                        ],
                    },
                    {
                        "key": "other_reason",
                        "type": "text",
                        "label": {"fr": "Lequel"},
                        "show_if": {"eq": [{"var": "reason"}, "other"]},
                    },
                ],
            },
        ],
        "pieces": [
            {
                "key": "id_document",
                "label": {"fr": "Pièce d’identité"},
                "required": True,
                "accept": ["pdf", "jpeg", "png"],
                "max_files": 2,
                "max_mb": 5,
            }
        ],
        "fees": [
            {
                "code": "copies",
                "label": {"fr": "Copies"},
                "unit": 500,
                "quantity": {"var": "copies"},
                "per": {"fr": "copie"},
            }
        ],
        "declaration": {"fr": "Je certifie exacts ces renseignements."},
        "delay": {"working_days": 3},
        "offices": ["test-office"],
        "circuit": {
            "stages": [
                {
                    "key": "review",
                    "kind": "review",
                    "title": {"fr": "Instruction"},
                    "role": "agent",
                },
                {
                    "key": "signature",
                    "kind": "signature",
                    "title": {"fr": "Signature"},
                    "role": "chief",
                },
            ]
        },
        "complement": {
            "days": 30,
            "reasons": [{"code": "unreadable", "label": {"fr": "Illisible"}}],
        },
        "refusal": {
            "motives": [{"code": "not_found", "label": {"fr": "Acte introuvable"}}],
            "appeal": {"fr": "Vous pouvez contester dans les deux mois."},
        },
        "documents": [
            {
                "key": "extract",
                "title": {"fr": "Extrait d’essai"},
                "template": "generic",
                "series": "ESSAI",
                "data": {"paragraphs": [{"fr": "Délivré à {last_name} {first_names}."}]},
            }
        ],
        "retention": {"months": 12},
    } | changes
