"""The only writers of drafts and of the codes that open them."""

from eservices.filing.services.codes import CODE_ATTEMPTS, CODE_LIFE, new_access_code, redeem
from eservices.filing.services.drafts import (
    DRAFT_LIFE,
    accept_news,
    attachment_owner,
    autosave,
    begin,
    catch_up,
    compiled,
    discard,
    purge_expired,
    save_step,
)
from eservices.filing.services.helping import accreditation_of, agree, begin_helped
from eservices.filing.services.reusing import duplicate, take_over, take_paper
from eservices.filing.services.sending import (
    PIECES,
    applicant_of,
    missing_pieces,
    missing_steps,
    submit,
)

__all__ = [
    "CODE_ATTEMPTS",
    "CODE_LIFE",
    "DRAFT_LIFE",
    "PIECES",
    "accept_news",
    "accreditation_of",
    "agree",
    "applicant_of",
    "attachment_owner",
    "autosave",
    "begin",
    "begin_helped",
    "catch_up",
    "compiled",
    "discard",
    "duplicate",
    "missing_pieces",
    "missing_steps",
    "new_access_code",
    "purge_expired",
    "redeem",
    "save_step",
    "submit",
    "take_over",
    "take_paper",
]
