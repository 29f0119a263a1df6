"""What a generated person looks like and wears, and the shapes of the clothes on a pose."""

from dataclasses import dataclass

import numpy as np

from helpers.scenes.painting import ellipse, rounded, tube, varied

SKINS = ((0.96, 0.80, 0.70), (0.90, 0.72, 0.60), (0.82, 0.62, 0.48), (0.68, 0.47, 0.34), (0.50, 0.33, 0.24), (0.34, 0.22, 0.17))
HAIRS = ((0.06, 0.05, 0.05), (0.14, 0.09, 0.07), (0.28, 0.17, 0.10), (0.45, 0.28, 0.14), (0.72, 0.56, 0.34), (0.55, 0.54, 0.53),
         (0.42, 0.17, 0.09))
DARK = ((0.07, 0.07, 0.08), (0.09, 0.11, 0.18), (0.16, 0.17, 0.19), (0.11, 0.15, 0.26), (0.22, 0.15, 0.12), (0.15, 0.10, 0.13),
        (0.12, 0.19, 0.18))
GREYS = ((0.35, 0.36, 0.38), (0.50, 0.49, 0.47), (0.62, 0.60, 0.57), (0.30, 0.33, 0.38))
PALE = ((0.93, 0.93, 0.94), (0.80, 0.87, 0.94), (0.90, 0.87, 0.82), (0.93, 0.84, 0.84), (0.70, 0.80, 0.90), (0.85, 0.85, 0.83))
EARTH = ((0.68, 0.58, 0.44), (0.55, 0.40, 0.26), (0.78, 0.70, 0.58), (0.42, 0.30, 0.20), (0.45, 0.46, 0.34))
BRIGHT = ((0.80, 0.13, 0.14), (0.14, 0.25, 0.58), (0.12, 0.45, 0.50), (0.85, 0.45, 0.20), (0.55, 0.12, 0.28), (0.90, 0.75, 0.30),
          (0.20, 0.45, 0.25), (0.55, 0.45, 0.70))
JEANS = ((0.22, 0.30, 0.45), (0.35, 0.46, 0.60), (0.15, 0.19, 0.30), (0.58, 0.66, 0.75))
TIGHTS = ((0.10, 0.09, 0.10),)


def _pick(rng, *palettes):
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
        outfit = str(rng.choice(["suit", "shirt", "tee", "coat", "dress"],
                                p=[0.42, 0.28, 0.14, 0.12, 0.04] if broad else [0.32, 0.22, 0.14, 0.12, 0.2]))
        if broad and outfit == "dress":
            outfit = "suit"
        top = {"suit": lambda: _pick(rng, DARK, DARK, DARK, DARK, GREYS, EARTH, JEANS), "shirt": lambda: _pick(rng, PALE, PALE, PALE, JEANS, BRIGHT, GREYS),
               "tee": lambda: _pick(rng, BRIGHT, PALE, DARK, EARTH), "coat": lambda: _pick(rng, DARK, EARTH, GREYS, PALE),
               "dress": lambda: _pick(rng, BRIGHT, PALE, DARK, DARK, EARTH)}[outfit]()
        matched = outfit == "suit" and rng.random() < 0.75
        bottom = varied(rng, top, 0.02) if matched else _pick(rng, DARK, DARK, JEANS, GREYS, EARTH, JEANS, PALE)
        legs = "skirt" if outfit == "dress" or (not broad and rng.random() < 0.38) else "trousers"
        kinds = [None, ("stripes", rng.uniform(3, 9), rng.uniform(0.06, 0.3), rng.choice([0, 1.571, 0.05])),
                 ("checks", rng.uniform(6, 16), rng.uniform(0.06, 0.3), 0.0), ("spots", rng.uniform(2, 5), rng.uniform(0.2, 0.7), 0.0)]
        return cls(
            skin=varied(rng, SKINS[rng.choice(6, p=[0.22, 0.26, 0.2, 0.13, 0.11, 0.08])], 0.03),
            hair=varied(rng, HAIRS[rng.choice(7, p=[0.24, 0.24, 0.2, 0.1, 0.1, 0.07, 0.05])], 0.03),
            cut=str(rng.choice(["bald", "crop", "short"], p=[0.1, 0.35, 0.55]) if broad else
                    rng.choice(["short", "bob", "long", "tail", "bun"], p=[0.08, 0.2, 0.44, 0.18, 0.1])),
            broad=broad, stout=float(np.clip(rng.normal(1.02, 0.1), 0.86, 1.32)), beard=broad and rng.random() < 0.25,
            glasses=rng.random() < 0.14, hat=_pick(rng, DARK, EARTH) if rng.random() < 0.05 else None,
            outfit=outfit, top=top, under=_pick(rng, PALE, PALE, PALE, BRIGHT, DARK), bottom=bottom, legs=legs,
            tights=_pick(rng, TIGHTS) if rng.random() < 0.45 else None, shoe=_pick(rng, DARK, DARK, EARTH, PALE, BRIGHT),
            shoes="heels" if not broad and rng.random() < 0.6 else "flat",
            tie=_pick(rng, BRIGHT, DARK) if broad and outfit in ("suit", "shirt") and rng.random() < 0.55 else None,
            sleeve={"suit": "long", "coat": "long", "shirt": str(rng.choice(["long", "rolled"])), "tee": "short",
                    "dress": str(rng.choice(["short", "long", "rolled"]))}[outfit],
            weave=kinds[rng.choice(4, p=[0.62, 0.17, 0.13, 0.08])], slim=rng.uniform(0.82, 1.15))

    def cloth(self) -> dict:
        """Return how the upper garment is painted."""
        return {"color": self.top, "folds": 0.1 if self.outfit in ("suit", "coat") else 0.07, "pattern": _weave(self.weave)}

    def behind(self, rng, shoulder, lean, wide) -> list[dict]:
        """Return what is worn on the back."""
        if rng.random() > 0.07:
            return []
        x = -0.6 * shoulder + lean
        bag = rounded([(x - 0.07, -0.82), (x + 0.06, -0.83), (x + 0.06, -0.56), (x - 0.075, -0.58)])
        return [{"pieces": [bag], "color": _pick(rng, DARK, BRIGHT, EARTH), "folds": 0.08}]

    def leg(self, rng, joints) -> list[dict]:
        """Return one leg and its shoe; joints are hip, knee, ankle, toe."""
        hip, knee, ankle, toe = joints
        wide = self.slim * self.stout
        parts = [self._shoe(ankle, toe)]
        if self.legs == "skirt":
            color = self.skin if self.tights is None else self.tights
            parts.append({"pieces": tube([hip, knee, 0.6 * knee + 0.4 * ankle, ankle], (0.055, 0.037, 0.036, 0.019)),
                          "color": color, "folds": 0.02, "round_": 0.5})
            return parts
        hem = 0.028 * wide if self.slim < 1 else 0.038 * wide
        low = ankle + (0, 0.012)
        parts.append({"pieces": tube([hip - (0, 0.03), hip, knee, low], (0.062 * wide, 0.06 * wide, 0.043 * wide, hem)),
                      "color": self.bottom, "folds": 0.1, "round_": 0.45, "occlusion": 0.35})
        return parts

    def _shoe(self, ankle, toe):
        direction = np.sign(toe[0] - ankle[0]) or 1
        heel = ankle + (-0.018 * direction, 0.032)
        pieces = tube([heel + (0, -0.005), (ankle + toe) / 2 + (0, 0.008), toe], (0.017, 0.02, 0.012)) + tube([ankle, heel], (0.018, 0.017))
        if self.shoes == "heels":
            pieces = tube([ankle, (ankle + toe) / 2, toe], (0.016, 0.016, 0.01)) + tube([ankle - (0.012 * direction, 0),
                                                                                       heel + (0, 0.012)], (0.01, 0.004))
        return {"pieces": pieces, "color": self.shoe, "folds": 0.03, "round_": 0.4}

    def torso(self, rng, shoulder, hip, lean, deep) -> list[dict]:
        """Return the upper body with what is worn over hips and chest."""
        waist = 0.5 * (shoulder * 0.8 + hip) * (1.0 if self.broad else 0.84) * (0.9 + 0.12 * self.stout)
        long = {"suit": -0.455, "coat": rng.uniform(-0.36, -0.22), "shirt": -0.5, "tee": -0.475, "dress": -0.5}[self.outfit]
        flare = hip * (1.18 if long > -0.48 else 1.0) * (1.15 if self.outfit == "coat" else 1.0)
        left = [(-0.03, -0.845), (-shoulder * 0.72, -0.828), (-shoulder * 0.98, -0.8), (-shoulder * 0.92, -0.73), (-waist, -0.62),
                (-hip * 1.04, -0.53), (-flare, long)]
        body = rounded([(x + lean * (-y - 0.4) * 2, y) for x, y in left] + [(-x + lean * (-y - 0.4) * 2, y) for x, y in left[::-1]])
        parts = []
        if self.legs == "skirt":
            hem = rng.uniform(-0.36, -0.2) if self.outfit == "dress" else rng.uniform(-0.36, -0.27)
            swing = hip * rng.uniform(0.95, 1.55)
            skirt = rounded([(-waist, -0.6), (waist, -0.6), (hip * 1.08, -0.5), (swing, hem), (-swing, hem), (-hip * 1.08, -0.5)])
            own = self.cloth() if self.outfit == "dress" else {"color": self.bottom, "folds": 0.09}
            parts.append({"pieces": [skirt], **own})
        else:
            seat = rounded([(-waist, -0.6), (waist, -0.6), (hip * 1.12, -0.47), (-hip * 1.12, -0.47)])
            parts.append({"pieces": [seat], "color": self.bottom, "folds": 0.08})
        if self.outfit in ("shirt",) and self.legs == "trousers":
            belt = [np.array([(-hip * 0.98, -0.535), (hip * 0.98, -0.535), (hip, -0.512), (-hip, -0.512)])]
            parts += [{"pieces": [body], **self.cloth()}, {"pieces": belt, "color": self.shoe * 0.6, "folds": 0.02, "occlusion": 0}]
        else:
            parts.append({"pieces": [body], **self.cloth()})
        return parts + self._front(rng, shoulder, lean, deep)

    def _front(self, rng, shoulder, lean, deep):
        """Return collar, shirt front, tie and lapels, moved to where the chest points."""
        x = lean * 0.8 + shoulder * 0.75 * deep
        narrow = max(0.25, 1 - 0.75 * abs(deep))
        flat = {"folds": 0.04, "round_": 0.12, "occlusion": 0}
        parts = []
        if self.outfit in ("suit", "coat"):
            low = rng.uniform(-0.68, -0.56)
            wide = 0.05 * narrow * rng.uniform(0.8, 1.5)
            parts.append({"pieces": [np.array([(lean - 0.03, -0.838), (lean + 0.03, -0.838), (x + wide, -0.78), (x, low), (x - wide, -0.78)])],
                          "color": self.under, **flat})
            for side in (-1, 1):
                lapel = np.array([(lean + side * 0.033, -0.845), (x + side * wide * 1.8, -0.755), (x + side * wide * 1.1, -0.74), (x, low + 0.01)])
                parts.append({"pieces": [lapel], "color": self.top * 0.78, **flat | {"folds": 0.06}})
            parts.append({"pieces": tube([(x, low), (x * 0.7 + 0.01, -0.46)], (0.0025, 0.0025)), "color": self.top * 0.55, **flat})
        elif self.outfit == "shirt":
            for side in (-1, 1):
                parts.append({"pieces": [np.array([(lean, -0.835), (lean + side * 0.036, -0.845), (x + side * 0.03 * narrow, -0.79)])],
                              "color": self.top * 0.9, **flat})
            parts.append({"pieces": tube([(x, -0.8), (x * 0.8, -0.53)], (0.003, 0.003)), "color": self.top * 0.8, **flat})
        else:
            parts.append({"pieces": [ellipse(lean + 0.3 * x, -0.832, 0.036, rng.uniform(0.012, 0.035))], "color": self.skin * 0.92, **flat})
        if self.tie is not None:
            end = -0.56 if self.outfit == "shirt" else -0.6
            parts.append({"pieces": [np.array([(x - 0.009, -0.815), (x + 0.009, -0.815), (x + 0.015 * narrow + 0.003, end),
                                               (x, end + 0.025), (x - 0.015 * narrow - 0.003, end)])], "color": self.tie, **flat})
        return parts

    def arm(self, rng, shoulder, elbow, hand) -> list[dict]:
        """Return sleeve, forearm and hand."""
        thick = self.stout * (1.0 if self.broad else 0.84)
        away = (hand - elbow) / max(np.hypot(*(hand - elbow)), 1e-6)
        wrist = hand - 0.012 * away
        fingers = hand + 0.045 * away
        palm = tube([wrist, hand + 0.015 * away, fingers], (0.016 * thick, 0.019, 0.009))
        parts = [{"pieces": palm, "color": self.skin, "folds": 0.03, "round_": 0.4, "occlusion": 0.2}]
        upper, lower, cuff = 0.037 * thick, 0.033 * thick, 0.026 * thick
        if self.sleeve == "long":
            shirt = {"pieces": tube([wrist - 0.01 * away, wrist], (0.02 * thick, 0.02 * thick)), "color": self.under, "folds": 0.02}
            parts += [shirt] if self.outfit == "suit" else []
            parts.append({"pieces": tube([shoulder, elbow, wrist], (upper, lower, cuff)), **self.cloth(), "round_": 0.45, "occlusion": 0.35})
            return parts
        bare = {"pieces": tube([shoulder, elbow, wrist], (0.03 * thick, 0.026 * thick, 0.017 * thick)), "color": self.skin,
                "folds": 0.02, "round_": 0.5, "occlusion": 0.3}
        end = 0.6 * elbow + 0.4 * shoulder if self.sleeve == "short" else 0.6 * elbow + 0.4 * wrist
        path = [shoulder, end] if self.sleeve == "short" else [shoulder, elbow, end]
        radii = (upper, upper * 0.95) if self.sleeve == "short" else (upper, lower, lower)
        return [*parts, bare, {"pieces": tube(path, radii), **self.cloth(), "round_": 0.4, "occlusion": 0.15}]

    def held(self, rng, hand, pose) -> list[dict]:
        """Return what is in a hand, if anything."""
        x, y = hand
        if pose in ("hang", "swing") and rng.random() < 0.5:
            wide, tall = rng.uniform(0.05, 0.1), rng.uniform(0.09, 0.16)
            bag = rounded([(x - wide, y + 0.07), (x + wide, y + 0.07), (x + wide * 1.05, y + 0.07 + tall), (x - wide * 1.05, y + 0.07 + tall)], 1)
            strap = tube([(x - wide * 0.5, y + 0.08), (x, y + 0.015), (x + wide * 0.5, y + 0.08)], (0.006, 0.006, 0.006))
            return [{"pieces": [*strap, bag], "color": _pick(rng, DARK, DARK, EARTH, BRIGHT), "folds": 0.05, "round_": 0.3}]
        if pose in ("hold", "cross", "gesture") and rng.random() < (0.6 if pose == "hold" else 0.2):
            wide, tall, turn = rng.uniform(0.03, 0.07), rng.uniform(0.03, 0.055), rng.uniform(-0.6, 0.6)
            corners = np.array([(-wide, -tall), (wide, -tall), (wide, tall), (-wide, tall)])
            corners = corners @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + (x, y - 0.02)
            return [{"pieces": [corners], "color": _pick(rng, PALE, PALE, DARK, BRIGHT, EARTH), "folds": 0.02, "round_": 0.1}]
        if pose == "phone":
            return [{"pieces": [ellipse(x, y, 0.009, 0.022, 0.2)], "color": np.array([0.06, 0.06, 0.07]), "folds": 0, "occlusion": 0.1}]
        return []


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
