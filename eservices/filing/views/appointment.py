"""The appointment of a request: moved or cancelled by who holds it, within the rules of the counter."""

from datetime import datetime
from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.appointments import services as appointments
from eservices.appointments.errors import SlotTaken, TooLate
from eservices.appointments.models import Booking, BookingStatus
from eservices.cases import tracking
from eservices.filing.views.tracking import CaseView


class AppointmentView(CaseView):
    """Choose another slot, or give this one back; who did not come chooses again, once."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return self._page(self._booking(), "")

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        booking = self._booking()
        try:
            if booking.status == BookingStatus.MISSED:
                appointments.book_again(booking, self._wanted(request.POST.get("slot", "")))
                messages.success(request, _("Your new appointment is booked."))
                return self.back()
            if "_cancel" in request.POST:
                appointments.cancel(booking)
                messages.success(request, _("Your appointment was cancelled."))
                return self.back()
            appointments.move(booking, self._wanted(request.POST.get("slot", "")))
        except (SlotTaken, TooLate) as exc:
            return self._page(booking, str(exc), status=409)
        messages.success(request, _("Your appointment was moved."))
        return self.back()

    def _booking(self) -> Booking:
        booking = tracking.appointment(self.case)
        if booking is None:
            raise Http404
        return booking

    def _wanted(self, text: str) -> datetime:
        try:
            wanted = datetime.fromisoformat(text[:40])
        except ValueError:
            wanted = None
        if wanted is None or timezone.is_naive(wanted):
            raise SlotTaken(_("Choose a slot of the list."))
        return wanted

    def _page(self, booking: Booking, problem: str, status: int = 200) -> HttpResponse:
        free = appointments.free_slots(booking.resource, holder=booking.holder)
        others = [slot for slot in free if slot.starts_at != booking.starts_at]
        context = {
            "case": self.case,
            "booking": booking,
            "is_missed": booking.status == BookingStatus.MISSED,
            "moves_left": booking.resource.most_moves - booking.moves,
            "days": [
                (day, list(slots))
                for day, slots in groupby(others, key=lambda slot: slot.starts_at.date())
            ],
            "problem": problem,
        }
        return render(self.request, "tracking/appointment.html", context, status=status)
