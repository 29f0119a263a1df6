"""Many pictures drawn on all cores, each by its number, and handed over in order."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence

FEW = 24  # up to so many are drawn sooner than a second process starts
_AT_ONCE = 8  # that a process draws before it hands them over


def in_order(one: Callable, items: Sequence, name: str, unit: str = "picture") -> Iterator:
    """Yield one(item) of each item in order, worked out by as many processes as there are cores, with a progress bar.

    Threads would wait for each other: a picture is hundreds of short NumPy calls, and Python
    makes one at a time.

    Parameters
    ----------
    one : callable
        A function of a module, or a `functools.partial` of one, so that it can be sent to a process.
    items : sequence
        Up to 24 are worked out in this process, without a bar.
    name : str
        What the bar says.
    unit : str
        What an item is called.
    """
    from tqdm import tqdm

    silent = os.environ.get("MASKBOOK_QUIET", "") not in ("", "0") or len(items) <= FEW
    with tqdm(total=len(items), desc=name, unit=unit, file=sys.stderr, disable=silent) as bar:
        for result in _results(one, items):
            yield result
            bar.update()


def _results(one, items):
    import joblib

    jobs = joblib.cpu_count()
    if len(items) <= FEW or jobs < 2:
        yield from map(one, items)
        return
    batches = (items[i:i + _AT_ONCE] for i in range(0, len(items), _AT_ONCE))
    parallel = joblib.Parallel(n_jobs=jobs, return_as="generator", batch_size=1)
    for results in parallel(joblib.delayed(_batch)(one, batch) for batch in batches):
        yield from results


def _batch(one, items):
    return [one(item) for item in items]
