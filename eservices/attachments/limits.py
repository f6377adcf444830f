"""What a file may be. The checking process reads this too: nothing here may need Django."""

MAX_PIXELS = 40_000_000
MAX_SIDE = 3_000  # a page at 250 dots per inch: more adds weight, not legibility
MIN_SIDE = 600
MAX_PAGES = 50
MAX_OBJECTS = 50_000
MAX_NODES = 1_000_000
MAX_DEPTH = 60
MAX_TAIL = 1_024
JPEG_QUALITY = 85

# Of one check, in its own process.
MEMORY_BYTES = 768 * 1024 * 1024
CPU_SECONDS = 8
WAIT_SECONDS = 12
OUTPUT_BYTES = 64 * 1024 * 1024

STREAM_MEMORY = 64 * 1024 * 1024  # of one compressed stream of a PDF


class Refusal(Exception):
    """A check failed; `code` is one of errors.MESSAGES."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details
