"""``python -m benchmarks report``: a run as the results section of docs/benchmarks.md."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

ROOT = Path(__file__).parent.parent.parent
DOCUMENT = ROOT / "docs" / "benchmarks.md"
EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=EXISTING)
@click.option("--document", type=EXISTING, default=DOCUMENT, help="Instead of docs/benchmarks.md.")
def command(file: Path, document: Path) -> None:
    """Write the run in FILE into docs/benchmarks.md, with its pictures and the file itself.

    They go to the folder beside the document that is named like it; "run --compare" can then use
    that file.
    """
    from benchmarks.plot.pictures import draw
    from benchmarks.report.document import with_results
    from benchmarks.report.kept import read

    run = read(file)
    folder = document.with_suffix("")
    try:
        text = with_results(document.read_text(encoding="utf-8"), run, folder.name)
    except ValueError as error:
        raise click.ClickException(f"{document}: {error}") from error
    draw(run, folder)
    document.write_text(text, encoding="utf-8")
    kept = folder / "run.json"
    if file.resolve() != kept.resolve():
        shutil.copyfile(file, kept)
    click.echo(f"wrote {document} and {folder}/")
