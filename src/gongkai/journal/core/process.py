"""Which process does something (进程标记): a name that tells whether that very process is gone, also after its number was given again."""

from __future__ import annotations

import os
import socket
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def birth(pid: int) -> str:
    """Return what tells two processes of one number apart (start of the machine and of the process), empty where it cannot be read."""
    try:
        ticks = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
        return f"{_BOOT.read_text(encoding='ascii')[:8]}-{ticks}"
    except (OSError, IndexError, UnicodeDecodeError):
        return ""


def this_process() -> str:
    """Return the name of this process: host, number, birth, parted by colons."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{birth(os.getpid())}"


def is_gone(name: str) -> bool:
    """Say whether the process of this name is known to be dead; of processes of other hosts nothing is known."""
    host, number, born = name.rsplit(":", 2)
    if host != socket.gethostname()[:60]:
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return bool(born) and birth(int(number)) != born
