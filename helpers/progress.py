"""A progress bar over notebooks and their cells with the time left, and the peak of memory."""

import sys
import threading
import time
from pathlib import Path

import nbformat
import psutil
from tqdm import tqdm

_TICK = 0.25  # seconds between two looks at memory


class Progress:
    """Shows how far a run of notebooks is, weighing each cell by the seconds its stored run took.

    A cell that runs for minutes would leave the bar standing still, so a thread moves it forward
    by the clock, up to 95 % of what the cell is expected to take. The same thread samples the
    resident memory of this process and all its children.
    """

    def __init__(self, chosen: list[Path]):
        self._weights = {path: _cell_seconds(path) for path in chosen}
        self._bar = tqdm(total=sum(map(sum, self._weights.values())), smoothing=0, file=sys.stderr,
                         mininterval=0.5 if sys.stderr.isatty() else 30,
                         bar_format="{desc} {percentage:3.0f} %|{bar:24}| {elapsed} gone, {remaining} left")
        self._ahead = threading.Lock()
        self._done, self._cell, self._cells, self._since = 0.0, 0, [], None
        self._name, self._started, self._peak, self._ended = "", 0.0, 0, threading.Event()
        self.number = 0  # of the code cell that runs, as its execution count will be
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()
        self._bar.update(max(0.0, min(self._done, self._bar.total) - self._bar.n))
        self._bar.close()

    def start(self, path: Path) -> None:
        """Begin a notebook."""
        with self._ahead:
            self._cells, self._cell, self._name = self._weights[path], 0, path.stem
            self._started = self._since = time.monotonic()
            self._peak, self.number = 0, 0
        self._describe()

    def cell_started(self, cell: dict) -> None:
        """Count a code cell that begins."""
        self.number += cell["cell_type"] == "code"

    def cell_done(self, cell: dict) -> None:
        """Count a finished cell of the notebook; prose and injected parameters weigh nothing."""
        if cell["cell_type"] != "code" or "injected-parameters" in cell["metadata"].get("tags", []):
            return
        with self._ahead:
            if self._cell < len(self._cells):
                self._done += self._cells[self._cell]
                self._cell += 1
            self._since = time.monotonic()
        self._describe()

    def stop(self) -> tuple[float, int]:
        """End a notebook; return its seconds and the peak of memory in bytes."""
        with self._ahead:
            self._done += sum(self._cells[self._cell:])
            self._cells, self._cell, self._since = [], 0, None
            return time.monotonic() - self._started, self._peak

    def skip(self, path: Path) -> None:
        """Count a notebook that needs no run."""
        with self._ahead:
            self._bar.total -= sum(self._weights[path])
        self._bar.refresh()

    def _describe(self):
        cell = min(self._cell + 1, len(self._cells))
        self._bar.set_description_str(f"{self._name}, cell {cell} of {len(self._cells)}", refresh=False)

    def _watch(self):
        process = psutil.Process()
        while not self._ended.wait(_TICK):
            self._peak = max(self._peak, _resident(process))
            with self._ahead:
                reached = self._done
                if self._since is not None and self._cell < len(self._cells):
                    reached += min(time.monotonic() - self._since, 0.95 * self._cells[self._cell])
            self._bar.update(max(0.0, min(reached, self._bar.total) - self._bar.n))


def _resident(process):
    total = 0
    for each in [process, *process.children(recursive=True)]:
        try:
            total += each.memory_info().rss
        except psutil.Error:  # it ended in between
            continue
    return total


def _cell_seconds(path):
    """Return what each code cell is expected to take: as stored with its outputs, else one second."""
    book = nbformat.read(path, as_version=4)
    count = sum(cell.cell_type == "code" for cell in book.cells)
    stored = book.metadata.get("maskbook", {}).get("seconds", [])
    return [max(second, 0.2) for second in stored] if len(stored) == count else [1.0] * count
