"""The heads of the documents: names, mottoes and colours of the states we know."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Republic:
    """A state as its documents name it: language → (name, motto); the colours of its flag."""

    names: dict[str, tuple[str, str]]
    colors: tuple[str, ...]
    also_in: tuple[str, ...] = ()  # languages printed beside that of the document

    def lines(self, language: str) -> list[tuple[str, str, str]]:
        """Return (language, name, motto) for the head of a document in `language`."""
        wanted = dict.fromkeys([language if language in self.names else "fr", *self.also_in])
        return [(code, *self.names[code]) for code in wanted]


REPUBLICS = {
    "DJ": Republic(
        {
            "fr": ("République de Djibouti", "Unité – Égalité – Paix"),
            "ar": ("جمهورية جيبوتي", "وحدة – مساواة – سلام"),
            "en": ("Republic of Djibouti", "Unity – Equality – Peace"),
        },
        ("#6ab2e7", "#ffffff", "#12ad2b"),
        also_in=("fr", "ar"),
    ),
    "BJ": Republic(
        {
            "fr": ("République du Bénin", "Fraternité – Justice – Travail"),
            "ar": ("جمهورية بنين", "أخوة – عدالة – عمل"),
            "en": ("Republic of Benin", "Fellowship – Justice – Labour"),
        },
        ("#008751", "#fcd116", "#e8112d"),
    ),
    "BF": Republic(
        {
            "fr": ("Burkina Faso", "La Patrie ou la Mort, nous vaincrons"),
            "ar": ("بوركينا فاسو", "الوطن أو الموت، سننتصر"),
            "en": ("Burkina Faso", "Homeland or death, we shall overcome"),
        },
        ("#ef2b2d", "#fcd116", "#009e49"),
    ),
    "CI": Republic(
        {
            "fr": ("République de Côte d’Ivoire", "Union – Discipline – Travail"),
            "ar": ("جمهورية كوت ديفوار", "اتحاد – انضباط – عمل"),
            "en": ("Republic of Côte d’Ivoire", "Union – Discipline – Work"),
        },
        ("#f77f00", "#ffffff", "#009e60"),
    ),
}
