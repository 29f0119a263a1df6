"""Wrong answers to the exercises of notebook 12, and what must be said to them."""

WRONG = {
    "12.1": [
        ("factor = 0.9**8 - 0.8**8", "the step afterwards"),
        ("factor = (0.9 / 0.8) ** 8", "times brighter"),
        ("factor = 0.1 / (0.9**8 - 0.8**8)", "Upside down"),
        ("factor = 8.0", "Raise 0.9 and 0.8"),
    ],
    "12.2": [
        ("return silhouettes.hull(mask).sum() / max(mask.sum(), 1)", "at most 1"),
        ("return mask.mean()", "A square is convex"),
        ("return mask.sum() / silhouettes.hull(mask).sum()", "divide zero by zero"),
    ],
    "12.3": [
        ("return np.full(picture.shape, picture[mask == 0].mean())", "a mean"),
        ("y, x = np.mgrid[:picture.shape[0], :picture.shape[1]]\n"
         "terms = np.stack([np.ones(picture.shape), x, y], axis=-1).reshape(-1, 3)\n"
         "return (terms @ np.linalg.lstsq(terms, picture.ravel(), rcond=None)[0]).reshape(picture.shape)",
         "the stone included"),
        ("return picture[mask == 0]", "for the whole picture"),
        ("return picture", "Under the mask"),
    ],
}
