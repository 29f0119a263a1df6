"""Checks of the exercises of notebook 10."""

import numpy as np

from helpers import checks


@checks.exercise("10.1", points=1)
def _(answer):
    if isinstance(answer, bool) or not isinstance(answer, int | float | np.number):
        raise checks.Hint("The answer is one number of pixels.")
    answer = abs(float(answer))
    if 199 <= answer <= 201.5:
        raise checks.Hint("That is 0.1 radian. np.tan takes radians: turn the degrees into radians first.")
    if 6.9 <= answer <= 7.1:
        raise checks.Hint("The middle stays where it is, so the top row is 2000 pixels away from it, not 4000.")
    if 3.48 <= answer < 3.5 and abs(answer - 3.49) > 0.0051:
        raise checks.Hint("Very near: give two decimals.")
    if abs(answer - 3.49) > 0.0051:
        raise checks.Hint("A shear by the angle γ moves what lies y above the middle by y times tan γ.")


@checks.exercise("10.2", points=2)
def _(distance):
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 256, (2, 8, 9, 3), np.uint8)
    asymmetric = a.copy()
    before = a.copy(), b.copy()

    def bits_of(picture):
        grey = np.asarray(picture).astype(int).sum(axis=-1)
        return (grey[:, 1:] > grey[:, :-1]).ravel()

    def of(first, second):
        value = np.asarray(checks.returned(distance(first, second, bits_of)))
        if value.ndim or value.dtype.kind not in "iuf":
            raise checks.Hint(f"Return one number, the count of bits; you return {value.dtype} of shape {value.shape}.")
        return float(value)

    straight, mirrored = (int((bits_of(a) != bits_of(other)).sum()) for other in (b, b[:, ::-1]))
    found = of(a, asymmetric), of(a, asymmetric[:, ::-1]), of(a, b)
    if not all(np.array_equal(x, y) for x, y in zip(before, (a, b), strict=True)):
        raise checks.Hint("Your function changes a picture. Index a mirrored view instead: b[:, ::-1].")
    if found[0] != 0:
        raise checks.Hint(f"A picture and itself differ in no bit; yours says {found[0]:g}.")
    if found[1] != 0:
        if found[1] == (bits_of(a) != bits_of(a[:, ::-1])).sum():
            raise checks.Hint("A mirrored copy is not found yet: compare with b[:, ::-1] too, and take the smaller.")
        upside_down = (bits_of(a) != bits_of(a[::-1, ::-1])).sum()
        if found[1] in (upside_down, min(upside_down, (bits_of(a) != bits_of(a[:, ::-1][::-1])).sum())):
            raise checks.Hint("You turn it upside down. A mirror image reverses the columns: b[:, ::-1].")
        raise checks.Hint("A mirrored copy should be at distance 0. Mirror the picture, not its bits: "
                          "mirrored, 'brighter to the right' becomes 'darker'.")
    if found[2] != min(straight, mirrored):
        raise checks.Hint(f"For two other pictures with {straight} and {mirrored} bits of difference the smaller is "
                          f"{min(straight, mirrored)}, yours is {found[2]:g}.")


@checks.exercise("10.3", points=3)
def _(split):
    rng = np.random.default_rng(0)
    sizes = [40, 25, 20, 10, 9, 8, 6, 5, 4, 3, 2, 2, 1]
    people = rng.permutation(np.repeat(100 + rng.permutation(len(sizes)), sizes))
    shares = (0.65, 0.25, 0.10)
    before = people.copy()
    parts = np.asarray(checks.returned(split(people, shares)))
    if not np.array_equal(people, before):
        raise checks.Hint("Your function changes the array of people. Make a new one for the parts.")
    if parts.shape != people.shape:
        raise checks.Hint(f"Return one part for each pair: shape {people.shape}, yours is {parts.shape}.")
    if not np.isin(parts, (0, 1, 2)).all():
        raise checks.Hint("The parts are numbered 0, 1, 2, in the order of the shares.")
    torn = [int(who) for who in np.unique(people) if len(np.unique(parts[people == who])) > 1]
    if torn:
        raise checks.Hint(f"{len(torn)} people are in more than one part. Give all pairs of a person at once: "
                          "parts[people == who] = part.")
    counts = np.bincount(parts, minlength=3)
    wanted = np.array(shares) * len(people)
    if np.abs(counts - wanted).max() > 4:
        raise checks.Hint(f"The parts have {counts.tolist()} pairs, wanted are about {wanted.round(1).tolist()}. Begin "
                          "with the person of most pairs, and each time choose the part that lacks most pairs of its "
                          "share (not most people).")
    if not np.array_equal(parts, np.asarray(split(people, shares))):
        raise checks.Hint("Two calls give two splits. Nothing in it should be random.")
    two = np.bincount(np.asarray(split(np.arange(10), (0.5, 0.5))), minlength=2)
    if two.tolist() != [5, 5]:
        raise checks.Hint(f"Ten people with one pair each, two equal shares: you give {two.tolist()}. Use the shares "
                          "that the function is given.")
