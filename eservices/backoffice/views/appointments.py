"""Appointments of the day: who comes, who came, who did not; to print in the morning."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.appointments import services as appointments
from eservices.appointments.errors import SlotTaken, TooEarly
from eservices.appointments.models import Booking
from eservices.backoffice import appointment_day
from eservices.backoffice.views.base import AgentView

WORDS = {"came": True, "missed": False, "undo": None}


class AppointmentsView(AgentView):
    """The list of one day, today by default."""

    def get(self, request: HttpRequest) -> HttpResponse:
        day = _day(request.GET.get("jour"))
        context = {
            "day": day,
            "today": timezone.localdate(),
            "before": day - timedelta(days=1),
            "after": day + timedelta(days=1),
            "counters": appointment_day.day_list(self.agent, day),
            "nav": "appointments",
        }
        return self.page("backoffice/appointments.html", context)


class PresenceView(AgentView):
    """Write down whether somebody came."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        booking = appointment_day.booking_of(self.agent, pk)
        word = request.POST.get("presence", "")
        if booking is None or word not in WORDS:
            raise Http404
        try:
            appointments.note_presence(booking, came=WORDS[word])
        except Booking.DoesNotExist:
            messages.warning(request, _("This appointment was cancelled meanwhile."))
        except (SlotTaken, TooEarly) as exc:
            messages.warning(request, str(exc))
        day = timezone.localtime(booking.starts_at).date()
        address = reverse("backoffice:appointments")
        return redirect(f"{address}?jour={day.isoformat()}#rdv-{booking.pk}")


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return timezone.localdate()
