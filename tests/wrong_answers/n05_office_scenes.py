"""Wrong answers to the exercises of notebook 05, each with a part of the hint it must get."""

WRONG = {
    "05.1": [
        ("unused_scenes = 214_000", "how many scenes are used"),
        ("unused_scenes = 400_000 - 40 * 100", "every person meets every room"),
        ("unused_scenes = 293_000", "also appears mirrored"),
        ("unused_scenes = 0", "Count the pairs"),
    ],
    "05.2": [
        ("return alpha[..., None] * color + (1 - alpha[..., None]) * room", "the dark rim"),
        ("return color + room", "shines through"),
        ("return color + alpha[..., None] * room", "how much is not"),
        ("room *= 1 - alpha[..., None]\nroom += color\nreturn room", "changes one of the arrays"),
    ],
    "05.3": [
        ("return np.intersect1d(train, test), np.intersect1d(train, test)", "Are you comparing scene numbers"),
        ("return np.intersect1d(train // 4000, test // 4000), np.intersect1d(train // 40 % 100, test // 40 % 100)",
         "the wrong way round"),
        ("return np.intersect1d(train // 40, test // 40), np.intersect1d(train // 4000, test // 4000)",
         "then take the remainder"),
        ("people, rooms = train // 40 % 100, train // 4000\n"
         "return people[np.isin(people, test // 40 % 100)], rooms[np.isin(rooms, test // 4000)]", "Each number once"),
    ],
}
