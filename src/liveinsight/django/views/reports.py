"""Sessions and statistics: who is there, what they did, and the numbers of a period."""

from __future__ import annotations

from typing import Any

from rest_framework.decorators import action

from liveinsight import answers
from liveinsight.django.answering import ReaderView, ReaderViewSet, takes
from liveinsight.django.running import analytics
from liveinsight.questions import ListQuestion, PeriodQuestion, StatsQuestion, SummaryQuestion
from liveinsight.wire.parameters import (
    LONGEST_SESSION_ID,
    LONGEST_VISITOR,
    ActiveQuestion,
    HourlyQuestion,
    NoQuestion,
    SiteQuestion,
    VisitorQuestion,
)
from liveinsight.wire.report_shapes import GoalRate, Hour, PageCount, ReferrerCount, Stats, Summary, Vocabulary
from liveinsight.wire.shapes import ActiveSession, Ledger, Realtime, Session, SessionDetail, SessionEvent, Success

ANY_ID = ".+?"  # clients choose the ids of sessions and visitors: one may hold a slash


class SessionViewSet(ReaderViewSet):
    """Sessions: the active ones, one with its events."""

    lookup_value_regex = ANY_ID
    id_name = "session_id"

    @action(detail=False)
    @takes(ActiveQuestion, gives=list[ActiveSession])
    def active(self, question: ActiveQuestion) -> list[dict[str, Any]]:
        """The active sessions, latest activity first."""
        return analytics().active_sessions(question.site_id, question.limit)

    @action(detail=True)
    @takes(SiteQuestion, gives=list[SessionEvent], any_site=True, pk=LONGEST_SESSION_ID)
    def events(self, question: SiteQuestion, pk: str) -> list[dict[str, Any]]:
        """The events of one session, oldest first."""
        return analytics().session_events(pk, question.site_id)

    @takes(SiteQuestion, gives=Success[SessionDetail], any_site=True, pk=LONGEST_SESSION_ID)
    def retrieve(self, question: SiteQuestion, pk: str) -> dict[str, Any]:
        """One session: where it came from, everything that happened in it, and its visitor's earlier sessions."""
        return analytics().session(pk, question.site_id)


class VisitorViewSet(ReaderViewSet):
    """Visitors."""

    lookup_value_regex = ANY_ID
    id_name = "visitor"

    @action(detail=True)
    @takes(VisitorQuestion, gives=list[Session], pk=LONGEST_VISITOR)
    def sessions(self, question: VisitorQuestion, pk: str) -> list[dict[str, Any]]:
        """The sessions of a visitor, latest first. `visitor` is as in sessions and events."""
        return analytics().visitor_sessions(pk, question.site_id, question.limit)


class StatisticsViewSet(ReaderViewSet):
    """The lists of a period. Without one: of everything that is kept."""

    @action(detail=False)
    @takes(HourlyQuestion, gives=list[Hour], cached=True)
    def hourly(self, question: HourlyQuestion) -> list[dict[str, Any]]:
        """Events, page views and visitors by hour, on the site's clock; hours without any are 0."""
        return analytics().hourly(question.site_id, question.hours, question.timezone)

    @action(detail=False)
    @takes(ListQuestion, gives=list[PageCount], cached=True)
    def pages(self, question: ListQuestion) -> list[dict[str, Any]]:
        """Page views and visitors by page, most viewed first."""
        return analytics().pages(question)

    @action(detail=False)
    @takes(SummaryQuestion, gives=Summary, cached=True)
    def summary(self, question: SummaryQuestion) -> dict[str, Any]:
        """The totals, each under its own name."""
        return analytics().summary(question)

    @action(detail=False)
    @takes(ListQuestion, gives=list[ReferrerCount], cached=True)
    def referrers(self, question: ListQuestion) -> list[dict[str, Any]]:
        """Visitors and sessions by the page that linked here, most visitors first."""
        return analytics().referrers(question)

    @action(detail=False)
    @takes(ListQuestion, gives=list[GoalRate], cached=True)
    def goals(self, question: ListQuestion) -> list[dict[str, Any]]:
        """How often each goal was reached, most conversions first."""
        return analytics().goal_rates(question)


class RealtimeView(ReaderView):
    """Now."""

    @takes(SiteQuestion, gives=Success[Realtime])
    def get(self, question: SiteQuestion) -> dict[str, Any]:
        """Now: online visitors, active sessions, visitors by page, the last five minutes."""
        return analytics().realtime(question.site_id)


class StatsView(ReaderView):
    """A period at a glance."""

    @takes(StatsQuestion, gives=Success[Stats], cached=True)
    def get(self, question: StatsQuestion) -> dict[str, Any]:
        """A period: summary, time series, top breakdowns, comparison."""
        return analytics().stats(question)


class LedgerView(ReaderView):
    """What became of everything that was received."""

    @takes(PeriodQuestion, gives=Success[Ledger], cached=True, any_site=True)
    def get(self, question: PeriodQuestion) -> dict[str, Any]:
        """What was received, and what became of it, by site and hour. Without a site: of all, and of what had none."""
        return analytics().ledger(question)


class VocabularyView(ReaderView):
    """The words of all questions."""

    @takes(NoQuestion, gives=Success[Vocabulary], cached=True)
    def get(self, question: NoQuestion) -> dict[str, Any]:
        """The metrics and dimensions with names and definitions, in English and Korean."""
        return answers.vocabulary()
