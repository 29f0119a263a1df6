"""The command line: ``python -m helpers run | compare | fetch | student``."""

import sys
from pathlib import Path

import click

# A user's mistake or a broken file: its sentence is printed, without a traceback.
_TOLD = (ValueError, OSError)


class _Commands(click.Group):
    """A group whose commands answer a mistake with a sentence and exit status 2."""

    def invoke(self, ctx):
        try:
            return super().invoke(ctx)
        except _TOLD as error:
            if isinstance(error, click.exceptions.Exit | click.ClickException):
                raise
            click.echo(f"maskbook: {error}", err=True)
            ctx.exit(2)


@click.group(cls=_Commands)
@click.version_option(package_name="maskbook")
def main():
    """Maskbook: a hands-on course in image masks."""


@main.command()
@click.argument("numbers", nargs=-1, metavar="[NUMBER]...")
@click.option("--profile", default="lesson", show_default=True, help="Size: smoke, lesson, study, ship or full.")
@click.option("--set", "pairs", multiple=True, metavar="NAME=VALUE", help="Set a parameter; may be repeated.")
@click.option("--out", type=click.Path(path_type=Path), help="The run folder; by default a new one under runs/.")
@click.option("--resume", is_flag=True, help="Skip what the run folder already holds, finished.")
@click.option("--store", is_flag=True, help="Write the outputs back into notebooks/ when all went well.")
@click.option("--real", is_flag=True, help="Only the notebooks with real sets, on those; writes data/measured.json.")
def run(numbers, profile, pairs, out, resume, store, real):
    """Run notebooks (all, or those with these NUMBERs), and write scores and a report."""
    from helpers import suite

    sys.exit(suite.run(list(numbers), profile, list(pairs), out, resume, store, real))


@main.command()
@click.argument("run_a", type=click.Path(path_type=Path))
@click.argument("run_b", type=click.Path(path_type=Path))
def compare(run_a, run_b):
    """Compare the scores, parameters and data of two run folders to the last digit."""
    from helpers import suite

    differences = suite.compare(run_a, run_b)
    for difference in differences:
        click.echo(difference)
    click.echo(f"{len(differences)} differences." if differences
               else "Equal: scores, parameters, sources and data, to the last digit.")
    sys.exit(int(bool(differences)))


@main.command()
@click.argument("name")
def fetch(name):
    """Download the real data set NAME, verified; what is already there is kept."""
    from helpers import paths, sources

    click.echo(f"{name} is complete in {paths.shown(sources.fetch(name))}.")


@main.command()
@click.argument("out", type=click.Path(path_type=Path))
def student(out):
    """Write the student edition to a new folder OUT: stubs for solutions, no outputs, no answers."""
    from helpers import student as edition

    click.echo(f"{edition.write(out)} notebooks for students in {out}. Open them there with: make lab")


if __name__ == "__main__":
    main(prog_name="python -m helpers")
