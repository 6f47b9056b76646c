"""Evenhand from a terminal: the verbs of the library, one command each.

Every verb takes `--json` for one document on stdout; progress and messages go to stderr. Exit codes: 0 done, 1 a check
failed, 2 wrong usage, 3 refused input. Heavy imports stand inside the commands, so that `--help` is quick.
"""

import sys
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evenhand import console, options
from evenhand.errors import EvenhandError, OfferError, Problem, StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evenhand.mechanisms import Mechanism
    from evenhand.records import Finding, Outcome, Watch
    from evenhand.reports.findings import Written

FAILED, REFUSED, INTERRUPTED = 1, 3, 130

_WrongUsage: Any = typer.BadParameter.__base__  # click's UsageError, wherever typer keeps it

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
Out = Annotated[Path, typer.Option(help="Folder for the round; written whole or not at all.", metavar="DIR")]
Folder = Annotated[Path, typer.Argument(help="Folder of a round.", metavar="DIR")]
Jobs = Annotated[
    int,
    typer.Option("--jobs", help="How many processes measure side by side; at most as many as there are CPUs.", min=1),
]


def _named(file: str) -> Path:
    if not file:  # as a path it would be the folder that one stands in
        raise typer.BadParameter("the name of a file is empty")
    return Path(file)


MarketFile = Annotated[
    Path, typer.Argument(help="Buyers, sellers, and how they meet.", metavar="MARKET.toml", parser=_named)
]
CallFile = Annotated[
    Path, typer.Argument(help="What the buyer asks for, and the offers.", metavar="CALL.toml", parser=_named)
]


def _print_version(asked: bool) -> None:
    from importlib.metadata import version

    if asked:
        print(version("evenhand"))
        raise typer.Exit


@app.callback()
def evenhand(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show it.")
    ] = False,
) -> None:
    """Truthful markets for data: measure, value, select, pay and replay."""


@app.command()
def demo(out: Out = Path("out/demo"), as_json: Json = False) -> None:
    """Run a complete round on the documentation of the Python packages installed here."""
    from tempfile import TemporaryDirectory

    from evenhand import demo as demonstration
    from evenhand import progress
    from evenhand.call import read_call
    from evenhand.publication import publish
    from evenhand.round import run_round
    from evenhand.storage import holds_round, read_round, refuse_taken, write_folder

    replace = holds_round(out) and demonstration.is_demonstration(read_round(out))
    if holds_round(out) and not replace:
        bound = "the demonstration takes the place of its own rounds only"
        raise StoreError(Problem(str(out), "holds a round of yours", bound, "Choose another folder with --out."))
    refuse_taken(out, of="round", replace=replace)
    with TemporaryDirectory() as folder, progress.shown() as (watch, stopwatch):
        material = demonstration.material(watch)
        market = Path(folder, "market")
        write_folder(market, material, of="demonstration")
        asked = read_call(market / "CALL.toml")
        outcome = run_round(asked.call, asked.offers, asked.learner, watch)
        publish(outcome, out, data=market, seconds=stopwatch.seconds, beside=material, replace=replace)
    _tell(outcome, out, as_json, notes=demonstration.INVENTED)


@app.command()
def run(
    call: CallFile,
    out: Out,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the round that stands in the folder.")] = False,
    jobs: Jobs = 1,
    as_json: Json = False,
) -> None:
    """Run one round: measure the offers, value them, decide and pay."""
    from joblib import parallel_config

    from evenhand import progress
    from evenhand.call import read_call
    from evenhand.publication import publish, refuse_inside
    from evenhand.round import run_round
    from evenhand.storage import refuse_taken

    asked = read_call(call)
    _note(asked.told)
    refuse_taken(out, of="round", replace=replace, keep=asked.files)
    refuse_inside(out, asked.sources, asked.folder)
    with progress.shown() as (watch, stopwatch), parallel_config(n_jobs=_processes(jobs)):
        outcome = run_round(asked.call, asked.offers, asked.learner, watch)
        publish(outcome, out, data=asked.folder, keep=[call], seconds=stopwatch.seconds, replace=replace)
    _tell(outcome, out, as_json)


@app.command()
def score(
    dataset: Annotated[Path, typer.Argument(help="A file, folder or quoted pattern of documents.")],
    call: Annotated[Path | None, typer.Option(help="A CALL.toml: also tell the value to that buyer.")] = None,
    text_field: Annotated[
        str, typer.Option(help='Field that holds the text; that of the offer in the call, or "text".')
    ] = "",
    field: Annotated[list[str] | None, typer.Option(help="Metadata read from each document: date=published.")] = None,
    metadata: Annotated[list[str] | None, typer.Option(help="Metadata of the whole: licence=MIT.")] = None,
    as_of: Annotated[str, typer.Option(help="Day on which recency is judged; otherwise the call's, or today.")] = "",
    profile: Annotated[str, typer.Option(help="Formulas to measure by; otherwise the call's, or the default.")] = "",
    reference: Annotated[
        Path | None,
        typer.Option(help="Public text to compare with: a dataset, or what `reference` built; the call's, or none."),
    ] = None,
    reference_field: Annotated[str, typer.Option(help="Field that holds its text, where it is a dataset.")] = "text",
    card: Annotated[
        Path | None, typer.Option(help="The dataset's own card: Croissant, or a README with YAML.", metavar="FILE")
    ] = None,
    jobs: Jobs = 1,
    as_json: Json = False,
) -> None:
    """Measure the quality of a dataset and say why it is so; with --call, also its value to a buyer.

    Names the documents that pull each score down, and what was not checked. Nothing of it is published. Where the call
    has an offer of this very data, what it states of it is used, and said; options win over it.
    """
    from joblib import parallel_config

    from evenhand import canonical, progress, scorecard
    from evenhand.call import read_call
    from evenhand.datasets import open_dataset
    from evenhand.datasets.cards import merged
    from evenhand.datasets.readers.cards import open_card
    from evenhand.reports.evidence import words
    from evenhand.reports.scorecard import not_checked, skipped

    said = options.pairs_of("--metadata", metadata, "licence=MIT")
    fields = options.pairs_of("--field", field, "date=published")
    _note(options.unused(said, fields))
    said, told = merged(said, [open_card(card)] if card else [])
    asked = read_call(call) if call else None
    offered = asked.offers_of(dataset) if asked else ()
    if len(offered) == 1 and asked and (source := offered[0].dataset.source):
        said = {**offered[0].metadata, **said}
        fields, text_field = {**source.fields, **fields}, text_field or source.text_field
        told = (*told, *options.told_of_offer(offered[0], asked))
    day = options.day_of(as_of) or (asked.call.as_of if asked else date.today())
    with progress.shown() as (watch, _), parallel_config(n_jobs=_processes(jobs)), options.naming(dataset):
        scored = scorecard.score(
            open_dataset(dataset, text_field=text_field or "text", fields=fields),
            metadata=said,
            as_of=day,
            call=asked.call if asked else None,
            learner=asked.learner if asked else None,
            by=profile,
            reference=options.reference_of(reference, reference_field),
            watch=watch,
        )
    if as_json:
        counted = {name: words(name, counts) for name, counts in scored.scores.evidence.items()}
        content = {"words": counted, "unchecked": not_checked(scored), "skipped": skipped(scored), "told": list(told)}
        console.document("score", ok=True, card=canonical.tree(scored), **content)
    else:
        console.scorecard(scored, told)


@app.command()
def reference(
    dataset: Annotated[Path, typer.Argument(help="Public text: a file, folder or quoted pattern of documents.")],
    out: Annotated[Path, typer.Option(help="Folder for the reference; written whole or not at all.", metavar="DIR")],
    name: Annotated[str, typer.Option(help="What people call it; a part of its digest.")] = "reference",
    profile: Annotated[str, typer.Option(help="The profile that it is for; the default if left out.")] = "",
    text_field: Annotated[str, typer.Option(help="Field that holds the text.")] = "text",
    most: Annotated[
        int | None, typer.Option(help="So many sentences have a vector; 5,000,000 if left out.", min=1)
    ] = None,
    as_json: Json = False,
) -> None:
    """Build a reference of public text once, for all calls that measure duplication against it.

    A call names the folder in [quality] reference, and `evenhand score` with --reference; the record then holds its
    digest. An interrupted build is taken up where it stopped.
    """
    from evenhand import canonical, progress, quality
    from evenhand.datasets import open_dataset
    from evenhand.quality.embedding import open_embedding
    from evenhand.quality.novelty.folder import EMBEDDED_MAX

    embedding = open_embedding(quality.profile(profile or quality.DEFAULT).embedding)
    with progress.shown() as (watch, _):
        text = open_dataset(dataset, text_field=text_field)
        built = quality.build_reference(text, out, embedding, name, most=most or EMBEDDED_MAX, watch=watch)
    if as_json:
        console.document("reference", ok=True, folder=str(out), reference=canonical.tree(built.meta))
    else:
        console.reference(built.meta, out)


@app.command()
def explain(
    folder: Folder, seller: Annotated[str, typer.Argument(help="Name of the seller.")], as_json: Json = False
) -> None:
    """Tell a seller why the dataset was bought or not, step by step."""
    from evenhand import canonical, verify
    from evenhand.reports.explain import explain as explained
    from evenhand.storage import read_round

    explanation = explained(verify.replayed(read_round(folder)), seller)
    if as_json:
        console.document("explain", ok=True, explanation=canonical.tree(explanation))
    else:
        console.explanation(explanation)


@app.command()
def verify(
    folder: Folder,
    data: Annotated[Path | None, typer.Option(help="Folder that the record's paths start from.")] = None,
    skip_data: Annotated[bool, typer.Option("--skip-data", help="Replay the record only.")] = False,
    as_json: Json = False,
) -> None:
    """Replay a round from its record, and name everything that does not follow."""
    from evenhand import canonical, progress
    from evenhand.storage import read_round
    from evenhand.verify import base_of, check_data, check_files, check_folder

    if data is not None and not data.is_dir():
        found = "is a file" if data.exists() else "does not exist"
        raise OfferError(Problem("--data", f"{data} {found}", "it is the folder of the data", "Name that folder."))
    files = read_round(folder)
    checks, outcome = check_files(files)
    checks.append(check_folder(folder))
    if outcome is not None and outcome.record is not None and not skip_data:
        with progress.shown() as (watch, _):
            looked_at = check_data(outcome.record, data or folder / base_of(files), watch)
        if data is not None and all(check.passed is None for check in looked_at):
            bound = "it is the folder that the paths of the record start from"
            raise OfferError(Problem("--data", f"{data} holds none of the datasets", bound, "Name that folder."))
        checks += looked_at
    failed = any(check.passed is False for check in checks)
    if as_json:
        console.document("verify", ok=not failed, checks=canonical.tree(checks))
    else:
        console.checks(checks)
    if failed:
        raise typer.Exit(FAILED)


@app.command()
def compare(
    call: CallFile,
    mechanisms: Annotated[
        list[str] | None,
        typer.Option(
            "--mechanisms", help='Names with commas between, or "all"; those that keep every promise if left out.'
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for a page and tables; written whole or not at all.", metavar="DIR")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the comparison that stands in the folder.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Measure the offers once, and tell what each of several mechanisms would buy and pay."""
    from evenhand import comparison, progress
    from evenhand.call import read_call
    from evenhand.publication import refuse_inside
    from evenhand.reports import comparison as told
    from evenhand.round import measure
    from evenhand.storage import refuse_taken, write_folder

    names = [name.strip() for each in mechanisms or [] for name in each.split(",") if name.strip()]
    comparison.refuse_unknown(names)
    asked = read_call(call)
    _note(asked.told)
    if out is not None:
        refuse_taken(out, of="comparison", replace=replace, keep=asked.files)
        refuse_inside(out, asked.sources, asked.folder)
    with progress.shown() as (watch, _):
        record = measure(asked.call, asked.offers, asked.learner, watch)
        compared = comparison.compare(record, names, watch)
        if out is not None:
            write_folder(out, told.files(compared), of="comparison", replace=replace, keep=asked.files)
    holds = not any(purchase.surprising for purchase in compared.purchases)
    if as_json:
        console.document("compare", ok=holds, folder=out and str(out), comparison=told.numbers(compared))
    else:
        console.comparison(compared, out)
    if not holds:
        raise typer.Exit(FAILED)


@app.command()
def certify(
    mechanism: Annotated[str, typer.Argument(help="Name of a mechanism.")],
    call: Annotated[Path | None, typer.Option(help="A CALL.toml: certify on its offers.")] = None,
    markets: Annotated[int | None, typer.Option(help="How many random markets to try; 100 if left out.", min=1)] = None,
    seed: Annotated[int | None, typer.Option(help="Decides the random markets; 0 if left out.", min=0)] = None,
    as_json: Json = False,
) -> None:
    """Try to refute the claims of a mechanism, on your offers or on random markets.

    What the mechanism does not claim is tried too, and shown, with the market and with who gains; only a claim of its
    own fails the check. What is known not to hold is shown by a counterexample that can be checked by hand.
    """
    from evenhand import canonical, mechanisms, progress
    from evenhand.random_markets import certify_on_drawn
    from evenhand.reports.findings import PLAIN, asked_of, verdict

    if call and (markets is not None or seed is not None):
        raise typer.BadParameter("certify on the offers of a call, or on random markets, not both", param_hint="--call")
    named = mechanisms.named(mechanism)
    with progress.shown() as (watch, _):
        if call:
            if named.name not in mechanisms.for_rounds():
                unfit = f'"{named.name}" buys under no budget'
                bound = f"a call runs {', '.join(mechanisms.for_rounds())}"
                raise OfferError(Problem("mechanism", unfit, bound, "Certify it on drawn markets: leave --call out."))
            found, written = _certified_on(call, named, watch)
        else:
            written = PLAIN
            found = certify_on_drawn(named, markets or 100, seed or 0, watch, claims=asked_of(named))
    held = {finding.claim: finding.holds for finding in found}
    holds = all(held.get(claim, False) for claim in named.claims)  # what was not looked at does not hold
    if as_json:
        told = {"claims": list(named.claims), "refuted": dict(named.refuted)}
        verdicts = {finding.claim: verdict(finding, named) for finding in found}
        findings = canonical.tree(found)
        console.document("certify", ok=holds, mechanism=named.name, **told, verdicts=verdicts, findings=findings)
    else:
        console.findings(found, named, written)
    if not holds:
        raise typer.Exit(FAILED)


@app.command()
def price(market: MarketFile, as_json: Json = False) -> None:
    """Price one market: who asks what and why, who buys what, and whether these prices would be kept.

    The file says what data is worth to buyers, at posted prices or for a part of what models earn (royalties).
    """
    from evenhand import progress
    from evenhand.market_file import read_market
    from evenhand.pricing import price_market
    from evenhand.reports.pricing import numbers, warned

    read = read_market(market)
    if (warning := warned(read)) and not as_json:
        console.warning(warning)
    with progress.shown() as (watch, _):
        made = price_market(read, watch)
    if as_json:
        console.document("price", ok=True, market=numbers(made))
    else:
        console.priced(made)


@app.command()
def simulate(
    market: MarketFile,
    out: Annotated[Path, typer.Option(help="Folder for the report; written whole or not at all.", metavar="DIR")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the simulation that stands in the folder.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Let a market repeat under several price regimes, many times over, and say who gains, and for how long.

    Sellers who are paid less than the ideal price may leave. The same file gives the same bytes.
    """
    from evenhand import progress
    from evenhand.experiment import run_experiment
    from evenhand.market_file import read_experiment
    from evenhand.reports import simulation as told
    from evenhand.storage import refuse_taken, write_folder

    experiment = read_experiment(market)
    refuse_taken(out, of="simulation", replace=replace, keep=[market])
    with progress.shown() as (watch, _):
        made = run_experiment(experiment, watch)
        write_folder(out, told.files(made, watch), of="simulation", replace=replace, keep=[market])
    if as_json:
        console.document("simulate", ok=True, folder=str(out), simulation=told.numbers(made))
    else:
        console.simulated(made, out)


@app.command()
def reproduce(
    out: Annotated[Path, typer.Option(help="Folder for the page; written whole or not at all.", metavar="DIR")],
    figures: Annotated[
        list[str] | None,
        typer.Argument(
            help=(
                "3, 4, 7, 8, 9a, 9b, overspend, value, frontier, gain, fairshare-2, fairshare-3, fairshare-4, "
                "fairshare-6, fairshare-9, fairshare-10, fairshare-11, fairshare-12, fairshare-13: the first by the "
                "numbers of paper [Fan25], those in words on claims of [Ayyoubzadeh25], the last by the numbers of "
                "[FairShare25]; all if left out."
            ),
            metavar="FIGURE",
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the reproduction that stands in the folder.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Compute what papers show or claim again, and say what differs."""
    from evenhand import canonical, progress
    from evenhand.reports import reproductions
    from evenhand.storage import refuse_taken, write_folder

    wanted = reproductions.chosen(figures or [])
    refuse_taken(out, of="reproduction", replace=replace)
    with progress.shown() as (watch, stopwatch):
        made = [reproductions.reproduce(name, watch) for name in wanted]
        write_folder(out, reproductions.files(made, watch), of="reproduction", replace=replace)
    if as_json:
        told = [{"name": each.name, "title": each.title, "finds": each.finds, "numbers": each.numbers} for each in made]
        console.document("reproduce", ok=True, folder=str(out), seconds=stopwatch.seconds, figures=canonical.tree(told))
    else:
        console.figures(made, out, stopwatch.seconds)


def main() -> None:
    """Run the terminal; whatever happens ends with a message and the promised exit code."""
    console.prepare()
    try:
        _run_verb()
    except OSError as error:  # of the terminal itself: every rim that reads or writes files refuses with a message
        with suppress(OSError):  # stderr itself may be what cannot be written
            print(f"evenhand: cannot write what was to be told ({error.strerror})", file=sys.stderr)
        sys.exit(REFUSED)


def _run_verb() -> None:
    as_json = "--json" in sys.argv
    try:
        sys.exit(app(standalone_mode=not as_json))  # alone it tells of wrong usage itself, in text
    except EvenhandError as error:
        console.refusal(error, as_json=as_json)
        sys.exit(REFUSED)
    except _WrongUsage as error:
        usage = " ".join(error.ctx.get_usage().split()) if error.ctx else "Usage: evenhand VERB"
        wrong = Problem("command line", error.format_message(), usage, "Ask for --help.")
        console.refusal(OfferError(wrong), as_json=True)
        sys.exit(error.exit_code)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            print("evenhand: interrupted; a folder is written whole or not at all", file=sys.stderr)
        raise


def _note(lines: "Sequence[str]") -> None:
    """Say on stderr what is to be known of the call before it runs."""
    for line in lines:
        print(f"evenhand: {line}", file=sys.stderr)


def _tell(outcome: "Outcome", out: Path, as_json: bool, *, notes: tuple[str, ...] = ()) -> None:
    if as_json:
        materials = outcome.record.materials if outcome.record else {}
        blank = {name: material.manifest.blank for name, material in materials.items() if material.manifest.blank}
        told = {"invented": list(notes), "rows_without_text": blank}
        console.document("run", ok=True, folder=str(out), **told, outcome=outcome.published())
    else:
        console.round_(outcome, out, notes=notes)


def _certified_on(call: Path, mechanism: "Mechanism", watch: "Watch") -> "tuple[list[Finding], Written]":
    """Measure the offers of a call, and certify a mechanism on them; say how its amounts are written."""
    from evenhand.call import read_call
    from evenhand.reports.findings import asked_of, of_call
    from evenhand.round import certified, measure

    asked = read_call(call)
    record = measure(replace(asked.call, mechanism=mechanism.name), asked.offers, asked.learner, watch)
    written = of_call(asked.call.budget.currency)
    return certified(record, asked_of(mechanism), money=written.money, watch=watch), written


def _processes(jobs: int) -> int:
    """Give how many processes measure: as many as are asked for, but no more than the machine has CPUs."""
    from joblib import cpu_count

    most: int = cpu_count()
    if jobs > most:
        _note([f"--jobs {jobs}: there {'is 1 CPU' if most == 1 else f'are {most} CPUs'}, so {most} measure"])
    return min(jobs, most)
