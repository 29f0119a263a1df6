"""Checks of the exercises of notebook 05."""

import numpy as np

from helpers import checks


@checks.exercise("05.1", points=1)
def _(answer):
    if isinstance(answer, bool) or not isinstance(answer, int | float | np.number):
        raise checks.Hint("The answer is one number.")
    if answer == 214_000:
        raise checks.Hint("That is how many scenes are used. How many are left of the 400,000?")
    if answer == 400_000 - 40 * (70 + 15 + 15):
        raise checks.Hint("In a part every person meets every room: 70 people in 70 rooms are 70 x 70 pairs.")
    if answer == 400_000 - 20 * (70 * 70 + 2 * 15 * 15):
        raise checks.Hint("Each person also appears mirrored: a pair makes 2 x 20 scenes.")
    if answer == 204_000:
        raise checks.Hint("You left out one of the three parts: validation and testing use 15 x 15 pairs each.")
    if answer != 186_000:
        raise checks.Hint("Count the pairs of person and room within each part, times 40, "
                          "and take their sum from 400,000.")


@checks.exercise("05.2", points=2)
def _(over):
    rng = np.random.default_rng(0)
    room, straight, alpha = rng.random((4, 5, 3)), rng.random((4, 5, 3)), rng.random((4, 5))
    alpha[0], alpha[1] = 0, 1
    color = straight * alpha[..., None]
    before = room.copy(), color.copy(), alpha.copy()
    found = np.asarray(checks.returned(over(room, color, alpha)))
    if found.shape != room.shape:
        raise checks.Hint(f"The scene has the shape {room.shape}, yours {found.shape}. "
                          "Give alpha a last axis: alpha[..., None].")
    if not all(np.array_equal(a, b) for a, b in zip(before, (room, color, alpha), strict=True)):
        raise checks.Hint("Your function changes one of the arrays it was given. Make a new one: "
                          "the room is needed again.")
    mixed = straight * alpha[..., None] + (1 - alpha[..., None]) * room
    if np.allclose(found, color * alpha[..., None] + (1 - alpha[..., None]) * room):
        raise checks.Hint("That multiplies by alpha once more: the colour holds it already. It is the dark rim.")
    if np.allclose(found, color + room):
        raise checks.Hint("The room shines through where the person covers it: weight it by 1 - alpha.")
    if np.allclose(found, color + alpha[..., None] * room):
        raise checks.Hint("The room is weighted by how much of it is covered; it should be by how much is not.")
    if not np.allclose(found, mixed):
        raise checks.Hint("Where alpha is 0 the scene is the room, where it is 1 the colour, and in between "
                          "color + (1 - alpha) room.")


@checks.exercise("05.3", points=3)
def _(shared):
    rng = np.random.default_rng(0)

    def scene(person, room):
        return (room * 100 + person) * 40 + rng.integers(40)

    def told(train, test):
        answer = checks.returned(shared(np.array(train), np.array(test)))
        if not isinstance(answer, tuple | list) or len(answer) != 2:
            raise checks.Hint("Return two arrays, the people and the rooms: return people, rooms.")
        return [list(np.asarray(part).tolist()) for part in answer]

    train = [scene(person, room) for person, room in ((3, 10), (99, 11), (4, 99), (4, 12), (50, 60))]
    test = [scene(person, room) for person, room in ((99, 70), (5, 12), (3, 99), (3, 71), (60, 50))]
    people, rooms = told(train, test)
    if (people, rooms) == ([12, 99], [3, 99]):
        raise checks.Hint("You have people and rooms the wrong way round: the person changes faster than the room.")
    if people == [] and rooms == []:
        raise checks.Hint("Your test finds nothing shared where two people and two rooms are. Are you comparing scene "
                          "numbers? Two scenes of one person have different numbers.")
    if sorted(set(people)) != people or sorted(set(rooms)) != rooms:
        raise checks.Hint("Each number once, sorted: np.intersect1d and np.unique do both.")
    if rooms == [12, 99] and people != [3, 99]:
        raise checks.Hint(f"The rooms are right. People in both are 3 and 99, you found {people[:8]}. A person has "
                          "40 scenes in a row in each room, and there are 100 people in a room: divide, "
                          "then take the remainder.")
    if people == [3, 99] and rooms != [12, 99]:
        raise checks.Hint(f"The people are right. Rooms in both are 12 and 99, you found {rooms[:8]}. A room has "
                          "100 x 40 scenes in a row.")
    if (people, rooms) != ([3, 99], [12, 99]):
        raise checks.Hint(f"Expected people [3, 99] and rooms [12, 99], found {people[:8]} and {rooms[:8]}.")
    if told([scene(1, 1)], [scene(2, 2)]) != [[], []]:
        raise checks.Hint("Nothing is shared by a scene of person 1 in room 1 and one of person 2 in room 2.")
