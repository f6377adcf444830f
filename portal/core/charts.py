"""What every drawing of numbers shares."""


def round_up(number: float) -> int:
    """Return the next even number of the kind 2, 4, 10, 20, 40, 100 …: where a scale ends."""
    size = 2
    while True:
        for factor in (1, 2, 5):
            if size * factor >= number:
                return size * factor
        size *= 10
