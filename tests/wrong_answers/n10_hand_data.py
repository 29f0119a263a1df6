"""Wrong answers to the exercises of notebook 10, each with a part of the hint it must get."""

WRONG = {
    "10.1": [
        ("top_row_moves = 2000 * np.tan(0.1)", "That is 0.1 radian"),
        ("top_row_moves = 4000 * np.tan(np.deg2rad(0.1))", "not 4000"),
        ("top_row_moves = 0.1", "times tan"),
    ],
    "10.2": [
        ("return (bits_of(a) != bits_of(b)).sum()", "not found yet"),
        ("return min((bits_of(a) != bits_of(b)).sum(), (bits_of(a) != bits_of(b[::-1])).sum())", "upside down"),
        ("bits = bits_of(b)\nreturn min((bits_of(a) != bits).sum(), (bits_of(a) != bits[::-1]).sum())",
         "not its bits"),
        ("return (bits_of(a) != bits_of(b)).sum() + (bits_of(a) != bits_of(b[:, ::-1])).sum()", "differ in no bit"),
        ("return bits_of(a) != bits_of(b)", "Return one number"),
    ],
    "10.3": [
        ("return np.random.default_rng(0).choice(len(shares), len(people), p=shares)", "more than one part"),
        ("who = np.unique(people)\nreturn np.searchsorted(np.cumsum(shares)[:-1] * len(who), "
         "np.searchsorted(who, people), side='right')", "Begin with the person of most pairs"),
        ("return np.zeros(len(people), int)", "wanted are about"),
        ("return np.unique(people)", "one part for each pair"),
    ],
}
