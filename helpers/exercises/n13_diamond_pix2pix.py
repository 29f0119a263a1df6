"""Checks of the exercises of notebook 13."""

import numpy as np

from helpers import checks


@checks.exercise("13.1", points=1)
def _(answer):
    if isinstance(answer, bool) or not isinstance(answer, int | float | np.number):
        raise checks.Hint("The answer is one number.")
    for wrong, hint in ((1.2, "That is the error inside the stone. Average it over all 100 pixels."),
                        (0.04, "Black is -1 on this scale, not 0: how far apart are 0.2 and -1?"),
                        (0.12, "That is on the scale from 0 to 1. The one from -1 to 1 is twice as long.")):
        if abs(answer - wrong) < 1e-6:
            raise checks.Hint(hint)
    if abs(answer - 0.24) > 1e-6:
        raise checks.Hint("Add up the errors of the 20 pixels of the stone, each |0.2 - (-1)|, and divide by 100: "
                          "the other 80 are right.")


@checks.exercise("13.2", points=2)
def _(balanced):
    rng = np.random.default_rng(0)
    target, made = rng.uniform(-1, 1, (2, 3, 8, 6, 3))
    mask = np.zeros((3, 8, 6), np.uint8)
    mask[0, 2:4, 2:5], mask[1, 1:7, 1:5], mask[2, 0, 0] = 1, 1, 1
    error = np.abs(target - made).mean(axis=3)
    within = np.array([e[m > 0].mean() for e, m in zip(error, mask, strict=True)])
    outside = np.array([e[m == 0].mean() for e, m in zip(error, mask, strict=True)])
    found = np.asarray(checks.returned(balanced(target, made, mask)))
    if found.shape != (3,):
        raise checks.Hint(f"For three pictures it returns the shape {found.shape}, not one number for each picture.")
    for wrong, hint in ((within, "That is the error inside the stone only; the background counts half."),
                        (error.mean(axis=(1, 2)), "That is the plain error over all pixels, in which the larger of "
                                                  "the two areas counts more."),
                        (within + outside, "You added the two: each counts half, so that the result is a mean.")):
        if np.allclose(found, wrong):
            raise checks.Hint(hint)
    if not np.allclose(found, (within + outside) / 2):
        raise checks.Hint("Average the error over the pixels inside the mask, and over those outside, for each picture "
                          "on its own; then take the mean of the two.")


@checks.exercise("13.3", points=3)
def _(view):
    if checks.returned(view([(4, 2)])) != 4:
        raise checks.Hint(f"One 4x4 convolution sees 4 pixels, with any stride; yours says {view([(4, 2)])}.")
    found = view([(3, 1), (3, 2)])
    if found == 7:
        raise checks.Hint("The order is the wrong way round: go backwards, from the last convolution to the first.")
    if found != 5:
        raise checks.Hint(f"A 3x3 convolution, then one with stride 2, see 5 pixels together; yours says {found}. "
                          "Begin with n = 1 and apply (n - 1) s + k once for each convolution.")
    original = view([(4, 2)] * 4 + [(4, 1)] * 2)
    if original != 142:
        raise checks.Hint(f"The original's discriminator sees 142 pixels, yours says {original}.")
    if view([]) != 1:
        raise checks.Hint("With no convolution at all, a pixel sees itself: 1.")
