"""Ending what a person is signed in with."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from stanch_server.accounts.models import Person


def end_sessions(person: Person) -> int:
    """Delete every session of a person, on the server, and return how many there were.

    All are read, since what a session says is sealed: there are as many as people who work here.
    """
    theirs = [one.pk for one in Session.objects.iterator() if one.get_decoded().get(SESSION_KEY) == str(person.pk)]
    deleted: int = Session.objects.filter(pk__in=theirs).delete()[0]
    return deleted
