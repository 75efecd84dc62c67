"""Says by a file's lock whether the process that made the file still lives: the system frees the lock of one that ends, however it ends."""

import fcntl
import os
from pathlib import Path


def lives(path: Path) -> bool:
    """Whether somebody holds the file's lock. The file of one who ended is removed."""
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    path.unlink(missing_ok=True)
    return False
