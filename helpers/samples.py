"""What a data set is: a sequence of samples, each made when it is asked for."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Sample:
    """One picture and what is to be predicted from it.

    ``image``: float32 (height, width, channels) in 0..1. ``target``: a uint8 mask
    (height, width), a label, or what the data set's function says. ``name``: where it comes from.
    """

    image: np.ndarray
    target: Any
    name: str


class Samples(Sequence):
    """A data set: a sequence of `Sample` that makes each item when asked for it.

    Attributes
    ----------
    name : str
        What it is, ``"mnist_test"``.
    source : str
        "real" or "generated".
    fingerprint : str
        SHA-256 of what decides the content: the pinned files, or the generator and its seed.
    """

    def __init__(self, name: str, source: str, fingerprint: str, count: int, item: Callable[[int], Sample],
                 arrays: Callable[[int], tuple] | None = None):
        self.name, self.source, self.fingerprint = name, source, fingerprint
        self._count, self._item, self._arrays = count, item, arrays

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> Sample:
        if not -self._count <= index < self._count:
            raise IndexError(f"{self.name} has {self._count} samples, found index {index}.")
        return self._item(index % self._count)

    def arrays(self, n: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return the first `n` images (float32, stacked) and their targets; all for None."""
        n = self._count if n is None else min(n, self._count)
        if self._arrays:
            return self._arrays(n)
        chosen = [self._item(i) for i in range(n)]
        return np.stack([s.image for s in chosen]), np.stack([s.target for s in chosen])

    def tf_data(self, order: Sequence[int] | None = None) -> Iterable:
        """Return a ``tf.data.Dataset`` of (image, target) that makes each sample when it is asked for.

        Parameters
        ----------
        order : sequence of int, optional
            Which samples, and in which order; all as they are numbered for None.
        """
        import tensorflow as tf

        first = self[0]
        signature = tuple(tf.TensorSpec(np.shape(part), np.asarray(part).dtype) for part in (first.image, first.target))
        chosen = range(len(self)) if order is None else order

        def pairs():
            for sample in map(self.__getitem__, chosen):
                yield sample.image, sample.target

        return tf.data.Dataset.from_generator(pairs, output_signature=signature)
