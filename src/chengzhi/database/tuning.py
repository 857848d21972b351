"""Settings of the embedded server, given on its command line at every start.

They are not written into postgresql.conf, so a new release changes them for every
installation. All stay within what one machine has.
"""

import os

from chengzhi.database.accounts import Place

MEBIBYTE = 1024 * 1024


def server_options(place: Place) -> dict[str, str]:
    """Server settings for this machine; durability is never traded for speed."""
    memory = _memory() // MEBIBYTE
    options = {
        "listen_addresses": "",  # no TCP: the socket's folder decides who may connect
        "unix_socket_directories": str(place.socket),
        "unix_socket_permissions": "0700",
        "port": "5432",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "shared_buffers": f"{min(max(memory // 5, 64), 4096)}MB",
        "effective_cache_size": f"{max(memory // 2, 256)}MB",
        "maintenance_work_mem": f"{min(max(memory // 32, 64), 512)}MB",
        "work_mem": "16MB",
        "max_connections": "100",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        # Compiling a plan costs more than our short statements take.
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "password_encryption": "scram-sha-256",
        "lc_messages": "C",
        "log_line_prefix": "%m [%p] ",
    }
    if _shared_memory() < 256 * MEBIBYTE:
        # Containers often give /dev/shm 64 MB, where a parallel query fails.
        options["dynamic_shared_memory_type"] = "mmap"
    return options


def _memory() -> int:
    """Bytes this process may use: the machine's, or less where a container limits it."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            with open(path, encoding="ascii") as file:
                limit = file.read().strip()
        except OSError:
            continue
        if limit.isdigit():
            total = min(total, int(limit))
    return total


def _shared_memory() -> int:
    try:
        status = os.statvfs("/dev/shm")  # noqa: S108 -- measured, not written
    except OSError:
        return 0
    return status.f_frsize * status.f_blocks
