"""Wrong answers to the exercises of notebook 02, each with a part of the hint it must get."""

WRONG = {
    "02.1": [
        ("one_missed_one_added = 0.99", "counts only the missed pixel"),
        ("one_missed_one_added = 0.98", "the union is not 100"),
        ("one_missed_one_added = 0.5", "Count the intersection and the union"),
    ],
    "02.2": [
        ("both = np.sum(truth * probability, axis=(1, 2))\n"
         "return np.mean(both / np.sum(truth + probability - truth * probability, axis=(1, 2)))", "one minus it"),
        ("both = np.sum(truth * probability)\nreturn 1 - both / np.sum(truth + probability - truth * probability)",
         "not the mean of their losses"),
        ("both = np.sum(truth * probability, axis=(1, 2))\n"
         "return 1 - np.mean(both / np.sum(truth + probability, axis=(1, 2)))", "counted twice"),
        ("cut = (probability > 0.5) * 1.0\nboth = np.sum(truth * cut, axis=(1, 2))\n"
         "return 1 - np.mean(both / np.sum(truth + cut - truth * cut, axis=(1, 2)))", "no slope"),
    ],
    "02.3": [
        ("return image.astype(float).mean()", "the middle of the two means"),
        ("threshold = image.mean()\nreturn (image[image > threshold].mean() + image[image <= threshold].mean()) / 2",
         "not settled"),
        ("image = image.astype(float)\nthreshold = (image.max() + image.min()) / 2\n"
         "for _ in range(100):\n"
         "    threshold = (image[image > threshold].mean() + image[image <= threshold].mean()) / 2\n"
         "return threshold", "start at the mean"),
    ],
}
