"""Colours that can be read: contrast as WCAG 2.2 measures it, and shades that keep it."""

Colour = tuple[int, int, int]

BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)
STEPS = 50


def parse(text: str) -> Colour:
    """Return the colour of `#rrggbb`. :raises ValueError: on anything else."""
    digits = text.strip().removeprefix("#")
    if len(digits) != 6:
        raise ValueError(f"not a colour: {text!r}")
    return (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16))


def to_hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def mix(colour: Colour, other: Colour, share: float) -> Colour:
    """Return `colour` with `share` (0 to 1) of `other` in it."""
    red, green, blue = (
        round(own * (1 - share) + new * share) for own, new in zip(colour, other, strict=True)
    )
    return (red, green, blue)


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def text_on(background: Colour) -> Colour:
    """Return black or white, whichever reads better; its contrast is never under 4.5."""
    return max((WHITE, BLACK), key=lambda text: contrast(text, background))


def readable(colour: Colour, background: Colour, *, ratio: float) -> Colour:
    """Return the shade of `colour` nearest to it that has `ratio` on `background`.

    Black or white when none has.
    """
    goal = text_on(background)
    shades = (mix(colour, goal, step / STEPS) for step in range(STEPS + 1))
    return next((shade for shade in shades if contrast(shade, background) >= ratio), goal)


def lightened(colour: Colour, *, under: Colour, ratio: float) -> Colour:
    """Return the lightest shade of `colour` on which the text `under` still has `ratio`."""
    best = colour
    for step in range(STEPS + 1):
        shade = mix(colour, WHITE, step / STEPS)
        if contrast(shade, under) < ratio:
            break
        best = shade
    return best


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(value / 255) for value in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
