"""What a generated person looks like and wears."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helpers.scenes.painting import varied

SKINS = (
    (0.96, 0.80, 0.70),
    (0.90, 0.72, 0.60),
    (0.82, 0.62, 0.48),
    (0.68, 0.47, 0.34),
    (0.50, 0.33, 0.24),
    (0.34, 0.22, 0.17),
)
HAIRS = (
    (0.06, 0.05, 0.05),
    (0.14, 0.09, 0.07),
    (0.28, 0.17, 0.10),
    (0.45, 0.28, 0.14),
    (0.72, 0.56, 0.34),
    (0.55, 0.54, 0.53),
    (0.42, 0.17, 0.09),
)
DARK = (
    (0.07, 0.07, 0.08),
    (0.09, 0.11, 0.18),
    (0.16, 0.17, 0.19),
    (0.11, 0.15, 0.26),
    (0.22, 0.15, 0.12),
    (0.15, 0.10, 0.13),
    (0.12, 0.19, 0.18),
)
GREYS = ((0.35, 0.36, 0.38), (0.50, 0.49, 0.47), (0.62, 0.60, 0.57), (0.30, 0.33, 0.38))
PALE = (
    (0.93, 0.93, 0.94),
    (0.80, 0.87, 0.94),
    (0.90, 0.87, 0.82),
    (0.93, 0.84, 0.84),
    (0.70, 0.80, 0.90),
    (0.85, 0.85, 0.83),
)
EARTH = ((0.68, 0.58, 0.44), (0.55, 0.40, 0.26), (0.78, 0.70, 0.58), (0.42, 0.30, 0.20), (0.45, 0.46, 0.34))
BRIGHT = (
    (0.80, 0.13, 0.14),
    (0.14, 0.25, 0.58),
    (0.12, 0.45, 0.50),
    (0.85, 0.45, 0.20),
    (0.55, 0.12, 0.28),
    (0.90, 0.75, 0.30),
    (0.20, 0.45, 0.25),
    (0.55, 0.45, 0.70),
)
JEANS = ((0.22, 0.30, 0.45), (0.35, 0.46, 0.60), (0.15, 0.19, 0.30), (0.58, 0.66, 0.75))
TIGHTS = ((0.10, 0.09, 0.10),)


def pick(rng: np.random.Generator, *palettes: Sequence[tuple]) -> np.ndarray:
    """Return a colour near one of a palette, itself one of several."""
    palette = palettes[rng.integers(len(palettes))]
    return varied(rng, palette[rng.integers(len(palette))], 0.07)


@dataclass
class Look:
    """One person's body, hair and clothes."""

    skin: np.ndarray
    hair: np.ndarray
    cut: str  # of the hair: bald, crop, short, bob, long, tail, bun
    broad: bool  # in the shoulders
    stout: float
    beard: bool
    glasses: bool
    hat: np.ndarray | None
    outfit: str  # suit, shirt, tee, coat, dress
    top: np.ndarray
    under: np.ndarray
    bottom: np.ndarray
    legs: str  # trousers, skirt, shorts
    tights: np.ndarray | None
    shoe: np.ndarray
    shoes: str  # flat, heels
    tie: np.ndarray | None
    sleeve: str  # long, rolled, short
    weave: tuple | None  # a pattern: kind, period, contrast, angle
    slim: float

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "Look":
        """Return a random one whose parts go together."""
        broad = rng.random() < 0.52
        outfit = str(
            rng.choice(
                ["suit", "shirt", "tee", "coat", "dress"],
                p=[0.42, 0.28, 0.14, 0.12, 0.04] if broad else [0.32, 0.22, 0.14, 0.12, 0.2],
            )
        )
        if broad and outfit == "dress":
            outfit = "suit"
        top = {
            "suit": lambda: pick(rng, DARK, DARK, DARK, DARK, GREYS, EARTH, JEANS),
            "shirt": lambda: pick(rng, PALE, PALE, PALE, JEANS, BRIGHT, GREYS),
            "tee": lambda: pick(rng, BRIGHT, PALE, DARK, EARTH),
            "coat": lambda: pick(rng, DARK, EARTH, GREYS, PALE),
            "dress": lambda: pick(rng, BRIGHT, PALE, DARK, DARK, EARTH),
        }[outfit]()
        matched = outfit == "suit" and rng.random() < 0.75
        bottom = varied(rng, top, 0.02) if matched else pick(rng, DARK, DARK, JEANS, GREYS, EARTH, JEANS, PALE)
        legs = "skirt" if outfit == "dress" or (not broad and rng.random() < 0.38) else "trousers"
        kinds = [
            None,
            ("stripes", rng.uniform(3, 9), rng.uniform(0.06, 0.3), rng.choice([0, 1.571, 0.05])),
            ("checks", rng.uniform(6, 16), rng.uniform(0.06, 0.3), 0.0),
            ("spots", rng.uniform(2, 5), rng.uniform(0.2, 0.7), 0.0),
        ]
        return cls(
            skin=varied(rng, SKINS[rng.choice(6, p=[0.22, 0.26, 0.2, 0.13, 0.11, 0.08])], 0.03),
            hair=varied(rng, HAIRS[rng.choice(7, p=[0.24, 0.24, 0.2, 0.1, 0.1, 0.07, 0.05])], 0.03),
            cut=str(
                rng.choice(["bald", "crop", "short"], p=[0.1, 0.35, 0.55])
                if broad
                else rng.choice(["short", "bob", "long", "tail", "bun"], p=[0.08, 0.2, 0.44, 0.18, 0.1])
            ),
            broad=broad,
            stout=float(np.clip(rng.normal(1.02, 0.1), 0.86, 1.32)),
            beard=broad and rng.random() < 0.25,
            glasses=rng.random() < 0.14,
            hat=pick(rng, DARK, EARTH) if rng.random() < 0.05 else None,
            outfit=outfit,
            top=top,
            under=pick(rng, PALE, PALE, PALE, BRIGHT, DARK),
            bottom=bottom,
            legs=legs,
            tights=pick(rng, TIGHTS) if rng.random() < 0.45 else None,
            shoe=pick(rng, DARK, DARK, EARTH, PALE, BRIGHT),
            shoes="heels" if not broad and rng.random() < 0.6 else "flat",
            tie=pick(rng, BRIGHT, DARK) if broad and outfit in ("suit", "shirt") and rng.random() < 0.55 else None,
            sleeve={
                "suit": "long",
                "coat": "long",
                "shirt": str(rng.choice(["long", "rolled"])),
                "tee": "short",
                "dress": str(rng.choice(["short", "long", "rolled"])),
            }[outfit],
            weave=kinds[rng.choice(4, p=[0.74, 0.12, 0.08, 0.06])],
            slim=rng.uniform(0.84, 1.2),
        )

    def cloth(self) -> dict:
        """Return how the upper garment is painted."""
        return {
            "color": self.top,
            "folds": 0.1 if self.outfit in ("suit", "coat") else 0.07,
            "pattern": _weave(self.weave),
        }


def _weave(weave):
    """Return the pattern of a cloth as a function of the pixel, or None."""
    if weave is None:
        return None
    kind, period, contrast, angle = weave
    step = 2 * np.pi / period

    def pattern(x, y):
        across = np.sin((x * np.cos(angle) + y * np.sin(angle)) * step)
        if kind == "stripes":
            return 1 + contrast * np.sign(across)
        down = np.sin(y * step)
        if kind == "checks":
            return 1 + contrast * 0.7 * (np.sign(across) + np.sign(down))
        return 1 + contrast * (across * down > 0.35)

    return pattern
