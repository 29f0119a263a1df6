"""Checks of the exercises of notebook 02."""

import numpy as np

from helpers import checks


@checks.exercise("02.1", points=1)
def _(answer):
    if not isinstance(answer, int | float):
        raise checks.Hint("The answer is one number.")
    if abs(answer - 0.99) < 1e-4:
        raise checks.Hint("That counts only the missed pixel. The added one is in the union as well.")
    if abs(answer - 0.98) < 1e-4:
        raise checks.Hint("Nearly: the union is not 100. It holds the 100 true pixels and the added one; "
                          "the intersection holds what both share.")
    if abs(answer - 99 / 101) > 6e-5:
        raise checks.Hint("Count the intersection and the union in pixels, and divide, to four decimals.")


@checks.exercise("02.2", points=2)
def _(loss):
    rng = np.random.default_rng(0)
    truth = (rng.random((3, 6, 6)) > [[[0.2]], [[0.5]], [[0.9]]]).astype(float)
    probability = rng.random((3, 6, 6))
    perfect = float(np.asarray(checks.returned(loss(truth, truth))))
    if abs(perfect - 1) < 1e-6:
        raise checks.Hint("A perfect prediction gets 1: that is the index. A loss is one minus it.")
    if abs(perfect) > 1e-6:
        raise checks.Hint(f"A perfect prediction must cost 0, yours costs {perfect:.3f}. Is the intersection "
                          "counted twice in the union?")
    opposite = float(loss(truth, 1 - truth))
    if abs(opposite - 1) > 1e-6:
        raise checks.Hint(f"Predicting the exact opposite must cost 1, yours costs {opposite:.3f}.")
    values = [float(loss(truth[i:i + 1], probability[i:i + 1])) for i in range(3)]
    if len(set(np.round(values, 9))) == 1 or float(loss(truth, probability)) != float(loss(truth, probability)):
        raise checks.Hint("The loss does not depend on the probabilities.")
    if np.allclose(values, [float(loss(truth[i:i + 1], (probability[i:i + 1] > 0.5) * 1.0)) for i in range(3)]):
        raise checks.Hint("You cut the probabilities at one half. Then the loss has no slope to learn from: keep them.")
    both = [float(loss(np.ones((1, 4, 4)), np.full((1, 4, 4), p))) for p in (0.25, 0.75)]
    if not np.allclose(both, [0.75, 0.25]):
        raise checks.Hint("For a mask of ones and p = 0.25 everywhere the loss is 0.75. Take sum(y p) for the "
                          "intersection and sum(y + p - y p) for the union.")
    if abs(float(loss(truth, probability)) - np.mean(values)) > 1e-6:
        raise checks.Hint("For several images your loss is not the mean of their losses: sum over the pixels "
                          "of each image (axes 1 and 2), divide, and average only then.")


@checks.exercise("02.3", points=3)
def _(threshold):
    rng = np.random.default_rng(0)
    two = np.array([[10, 10, 10], [10, 10, 200]], np.uint8)
    found = float(checks.returned(threshold(two)))
    if not np.isclose(found, 105):
        raise checks.Hint(f"For five pixels of 10 and one of 200 the threshold is 105, the middle of the two means; "
                          f"yours is {found:.1f}. Is it the mean of the whole image, or a single step?"
                          if not np.isnan(found) else
                          "Your threshold is not a number: a group was empty when its mean was taken.")
    bright = np.array([[250, 251, 252, 255], [250, 255, 255, 253]], np.uint8)
    if not 250 < float(threshold(bright)) < 255:
        raise checks.Hint("For grey levels from 250 to 255 your threshold lies outside of them. Sums of uint8 wrap "
                          "around at 256: convert the image to float first.")
    for _ in range(20):
        image = rng.choice([0, 0, 0, 10, 40, 80, 120, 160, 200, 255], (8, 8)).astype(np.uint8)
        image[0, :2] = 0, 255
        t = float(threshold(image))
        again = (image[image > t].mean() + image[image <= t].mean()) / 2
        if abs(again - t) > 1e-6:
            raise checks.Hint(f"Your threshold {t:.2f} is not settled: one more step moves it to {again:.2f}. "
                              "Repeat until nothing changes.")
    skewed = np.array([0] * 40 + [60] * 8 + [255] * 3, np.uint8).reshape(3, 17)
    if not np.isclose(float(threshold(skewed)), 56.590909):
        raise checks.Hint("Your threshold is settled, but not where a start at the mean of the image leads.")
