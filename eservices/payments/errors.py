"""What can go wrong with money, named by what the caller should do."""

from portal.core.errors import PortalError


class PaymentError(PortalError):
    code = "payment_error"


class ProviderUnavailable(PaymentError):
    """The provider did not answer or failed: the same request may be sent again.

    `outcome_unknown` tells that the request may have been carried out all the same.
    """

    code = "provider_unavailable"

    def __init__(self, message: str = "", *, outcome_unknown: bool = False, **details: object):
        super().__init__(message, **details)
        self.outcome_unknown = outcome_unknown


class ProviderRejected(PaymentError):
    """The provider understood and said no: sending the same again changes nothing."""

    code = "provider_rejected"


class BadSignature(PaymentError):
    """A notice that does not prove where it comes from."""

    code = "bad_signature"


class AlreadyPaid(PaymentError):
    """There is nothing left to pay."""

    code = "already_paid"


class PaymentClosed(PaymentError):
    """The debt was cancelled."""

    code = "payment_closed"


class PaymentInProgress(PaymentError):
    """The payer has paid or is paying; the confirmation is awaited."""

    code = "payment_in_progress"


class TillRefused(PaymentError):
    """A till that cannot be opened or closed like this."""

    code = "till_refused"


class BadPayment(PaymentError):
    """Lines, amounts or a reference that cannot be a debt."""

    code = "bad_payment"
