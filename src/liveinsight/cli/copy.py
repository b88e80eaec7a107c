"""`liveinsight copy`."""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from liveinsight.cli import options
from liveinsight.errors import NotFound, StartError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liveinsight.copying import Copy, Figure
    from liveinsight.store.base import Progress

EXAMPLE = "Example: liveinsight copy --from duckdb:///liveinsight-data/liveinsight.duckdb --to dynamodb://"


def copy(
    *,
    source: Annotated[str, typer.Option("--from", metavar="URL", help="Store address to copy from.")],
    destination: Annotated[str, typer.Option("--to", metavar="URL", help="Store address to copy to.")],
    site: options.Site = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Copy sites with everything from store to store, and compare. The server of a DuckDB file must be stopped.

    The source stays as it is. When it is interrupted, the same command goes on; nothing gets there twice.
    """
    from liveinsight.bootstrap import following, is_followed, may_be_followed, open_store, same_store
    from liveinsight.copying import Copy, patient
    from liveinsight.ingest.site import site_name
    from liveinsight.service import now_ms

    settings = options.settings()
    origin, target = same_store(source, must_exist=True), same_store(destination)
    if origin == target:
        msg = f"--from and --to are the same store, {origin}: name two."
        raise StartError(msg)
    with ExitStack() as opened:
        stores = []
        for url in (source, destination):
            store = open_store(replace(settings, store=url, aggregate=False))
            opened.callback(store.close)
            stores.append(patient(store))
            if is_followed(url):
                opened.enter_context(following(settings))
        work = _Work(Copy(stores[0], stores[1], is_late=may_be_followed(destination)), origin, target)
        if is_followed(source):
            typer.echo(
                "Waiting until what was collected is counted: a quarter of a minute, or up to a minute.", err=True
            )
            work.copy.let_source_settle(now_ms())
        sites = work.chosen(site_name(site) if site else "")
        work.ask(sites, yes=yes)
        work.salts(now_ms())
        wrong = [each for each in sites if not work.run(each)]
    if wrong:
        typer.echo(f"The totals of {', '.join(wrong)} differ.{work.hint()} The same command completes what is missing.")
        raise typer.Exit(1)
    typer.echo(f"Copied {len(sites)} site{'s' * (len(sites) != 1)}: the totals are the same in both stores.")


@dataclass(slots=True)
class _Work:
    copy: Copy
    origin: str
    target: str
    mixed: frozenset[str] = frozenset()  # sites of which the destination has events of its own

    def chosen(self, site: str) -> list[str]:
        """The sites to copy. Raises NotFound."""
        sites = self.copy.sites()
        if sites and site and site not in sites:
            msg = f"There is no site {site} in {self.origin}, but {', '.join(sites)}."
            raise NotFound(msg)
        if not sites:
            msg = f"There is nothing to copy in {self.origin}."
            raise NotFound(msg)
        return [site] if site else sites

    def ask(self, sites: list[str], *, yes: bool) -> None:
        """Nobody's numbers change without having been asked."""
        there = {site: self.copy.events_there(site) for site in sites if not self.copy.is_begun(site, self.origin)}
        there = {site: events for site, events in there.items() if events}
        self.mixed = frozenset(site for site in sites if self.copy.is_mixed(site) or site in there)
        if there and not yes:
            names = ", ".join(f"{site} ({events:,} events)" for site, events in there.items())
            typer.echo(f"{self.target} has events of its own of {names}.")
            typer.confirm("Add the copied ones to them? Afterwards they cannot be told apart.", abort=True)

    def salts(self, now: int) -> None:
        if not self.copy.salts(now):
            typer.echo(
                f"{self.target} has visitor salts of its own for today:"
                " who came today and comes again without a user id is one more visitor."
            )

    def run(self, site: str) -> bool:
        """Copy one site and show both sides; whether they agree."""
        mixed = site in self.mixed
        self.copy.documents(site, self.origin, is_mixed=mixed)
        with _bar(f"{site}: copying") as progress:
            copied = self.copy.events(site, progress)
        with _bar(f"{site}: counting") as progress:
            self.copy.settle(site, copied, progress, is_mixed=mixed)
            self.copy.ledger(site, copied, progress, is_mixed=mixed)
        figures = self.copy.compare(site, copied)
        typer.echo(table(site, figures))
        return all(figure.is_same for figure in figures)

    def hint(self) -> str:
        return f" {self.target} had events of its own." if self.mixed else ""


def table(site: str, figures: list[Figure]) -> str:
    """A line a figure, as both stores tell it."""
    width = max(len(site), *(len(figure.name) + 2 for figure in figures))
    lines = [f"{site:<{width}}{'from':>15}{'to':>15}"]
    for name, source, destination, is_same in figures:
        lines.append(f"{f'  {name}':<{width}}{source:>15,}{destination:>15,}{'' if is_same else '  differ'}")
    return "\n".join(lines)


@contextmanager
def _bar(label: str) -> Iterator[Progress]:
    """A bar that appears when there is something to show, and starts over when another total is told."""
    bars = ExitStack()
    shown: list[Any] = []  # typer's bars have no name

    def progress(done: int, total: int) -> None:
        if not shown or shown[-1].length != total:
            bars.close()
            shown.append(bars.enter_context(typer.progressbar(length=total, label=label, file=sys.stderr)))
        shown[-1].update(done - shown[-1].pos)

    with bars:
        yield progress


command = copy
