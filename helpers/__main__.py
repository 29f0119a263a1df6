"""The command line: ``python -m helpers run | compare | fetch | student | cut-diamonds``."""

import sys
from pathlib import Path

try:
    import click
except ModuleNotFoundError:
    sys.exit("maskbook: the packages of the course are not installed for this Python. Type make run, or see README.md.")

# A user's mistake or a broken file: its sentence is printed, without a traceback.
_TOLD = (ValueError, OSError)


class _Commands(click.Group):
    """A group whose commands answer a mistake with a sentence and exit status 2."""

    def invoke(self, ctx):
        try:
            return super().invoke(ctx)
        except _TOLD as error:
            click.echo(f"maskbook: {error}", err=True)
            ctx.exit(2)
        except KeyboardInterrupt:
            click.echo("maskbook: interrupted.", err=True)
            ctx.exit(130)


@click.group(cls=_Commands)
@click.version_option(package_name="maskbook")
def main():
    """Maskbook: a hands-on course in image masks."""


@main.command()
@click.argument("numbers", nargs=-1, metavar="[NUMBER]...")
@click.option("--profile", default="lesson", show_default=True, metavar="SIZE",
              help="smoke (seconds), lesson (minutes), study (stored comparisons), ship (shipped models) or "
                   "full (the original's scale).")
@click.option("--set", "pairs", multiple=True, metavar="NAME=VALUE",
              help="Set a parameter in every chosen notebook that has it; may be repeated.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER",
              help="Where the run goes; by default a new folder under runs/.")
@click.option("--resume", is_flag=True, help="Skip what --out, or else the newest run of this size, holds finished.")
@click.option("--store", is_flag=True, help="Write the outputs back into notebooks/ when all went well.")
@click.option("--real", is_flag=True, help="Only the notebooks with real sets, on those; writes data/measured.json.")
def run(numbers, profile, pairs, out, resume, store, real):
    """Run notebooks, and write scores and a report.

    NUMBER is 2 or 02 or 02_mnist_foreground; without one, all notebooks run.

    Exit status: 0 when all went well, 1 when a notebook failed or a score is below its floor
    (floors are judged at lesson and full size), 2 for a mistake in the command, 130 when interrupted.

    \b
    python -m helpers run                          all notebooks, minutes each
    python -m helpers run 02 --set epochs=1        one notebook, one parameter changed
    python -m helpers run 00 01 --profile smoke    two notebooks, as quickly as they can
    """
    from helpers import suite

    sys.exit(suite.run(list(numbers), profile, list(pairs), out, resume, store, real))


@main.command()
@click.argument("run_a", type=click.Path(path_type=Path))
@click.argument("run_b", type=click.Path(path_type=Path))
def compare(run_a, run_b):
    """Compare two run folders to the last digit.

    Their scores, parameters, sources and data must be equal; times and machine may differ.
    Exit status: 0 when they are equal, 1 when they differ.
    """
    from helpers import receipt

    differences = receipt.compare(run_a, run_b)
    for line in differences:
        click.echo(line)
    if differences:
        for line in receipt.circumstances(run_a, run_b):
            click.echo(f"(not compared, but may be why: {line})")
    click.echo(f"Differences: {len(differences)}." if differences
               else "Equal: scores, parameters, sources and data, to the last digit.")
    sys.exit(int(bool(differences)))


@main.command()
@click.argument("name")
def fetch(name):
    """Download the real data set NAME.

    Every file is verified; what is already there is kept.
    """
    from helpers import paths, sources

    click.echo(f"{name} is complete in {paths.shown(sources.fetch(name))}.")


@main.command()
@click.argument("out", type=click.Path(path_type=Path))
def student(out):
    """Write the student edition to OUT.

    OUT is a new folder. In it, solutions are stubs, and outputs, quiz answers and tests are left out.
    """
    from helpers import student as edition

    click.echo(f"{edition.write(out)} notebooks for students in {out}. Open them there with: make lab")


@main.command("cut-diamonds")
@click.argument("in_folder", type=click.Path(path_type=Path))
@click.argument("out_folder", type=click.Path(path_type=Path))
@click.option("--method", default="model", show_default=True, metavar="model|classical",
              help="The trained network, or image processing alone.")
@click.option("--jobs", default=1, show_default=True, metavar="N", help="How many processes cut at a time.")
def cut_diamonds(in_folder, out_folder, method, jobs):
    """Cut the diamonds out of all photos in IN_FOLDER.

    The cut-outs, RGBA PNG files, go to OUT_FOLDER, in the same sub-folders. What is there already is
    kept: repeat the command to go on after an interruption. Photos are never written to.

    Exit status: 0 when all photos are cut out, 1 when some were skipped because they cannot be read or
    show no stone (OUT_FOLDER/skipped.txt lists them), 2 for a mistake in the command or a full disk,
    130 when interrupted.
    """
    from helpers import batch

    tally = batch.cut_diamonds(in_folder, out_folder, method, jobs)
    speed = f", {tally.made / tally.seconds:.1f} a second" if tally.made else ""
    click.echo(f"{tally.made:,} cut out in {tally.seconds:.0f} s{speed}; {tally.there:,} were there already; "
               f"{tally.skipped:,} skipped.")
    for line in batch.first_skipped(out_folder, most=20) if tally.skipped else ():
        click.echo(f"  {line}")
    if tally.skipped > 20:
        click.echo(f"  ... and {tally.skipped - 20:,} more in {out_folder / batch.SKIPPED}.")
    sys.exit(int(bool(tally.skipped)))


if __name__ == "__main__":
    main(prog_name="python -m helpers")
