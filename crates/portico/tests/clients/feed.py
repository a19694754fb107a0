"""Reads a calendar with PyPI's icalendar: python3 feed.py < CALENDAR AS A JSON TEXT"""

import datetime
import json
import sys

import icalendar

calendar = icalendar.Calendar.from_ical(json.load(sys.stdin).encode())
assert not calendar.errors, calendar.errors


def is_date(value):
    return isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)


events = []
for event in calendar.walk("VEVENT"):
    assert not event.errors, event.errors
    first, end = event.decoded("DTSTART"), event.decoded("DTEND")
    events.append({
        "uid": str(event["UID"]),
        "sequence": event.decoded("SEQUENCE"),
        "summary": str(event["SUMMARY"]),
        "description": str(event["DESCRIPTION"]),
        "start": first.isoformat(),
        "end": end.isoformat(),
        "isAllDay": is_date(first) and is_date(end),
        "stamp": event.decoded("DTSTAMP").strftime("%Y-%m-%dT%H:%M:%SZ"),
    })
text = lambda name: str(calendar[name])
refresh = calendar["REFRESH-INTERVAL"]
print(json.dumps({
    "name": text("X-WR-CALNAME"), "plainName": text("NAME"), "method": text("METHOD"),
    "refresh": refresh.to_ical().decode() if hasattr(refresh, "to_ical") else str(refresh), "events": events,
}))
