"""A slow cable between two network namespaces: every packet arrives after a delay, and the rate may be limited.

usage: _relay.py NAMESPACE NAMESPACE MILLISECONDS [MEGABITS]     until it is stopped; needs root

Makes an interface "slow0" in each, with the addresses 10.123.9.1 and 10.123.9.2. For kernels without netem.
"""
import collections
import ctypes
import fcntl
import os
import select
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 1, 0x1000
LARGEST = 65000  # bytes of a packet: few of them, since each costs Python some microseconds


def open_end(namespace, address):
    """Returns the file that holds the packets which leave the namespace through slow0."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/var/run/netns/{namespace}", "rb") as inside, open("/proc/self/ns/net", "rb") as home:
        if libc.setns(inside.fileno(), 0) != 0:
            raise OSError(ctypes.get_errno(), f"cannot enter {namespace}")
        try:
            end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(end, TUNSETIFF, struct.pack("16sH22x", b"slow0", IFF_TUN | IFF_NO_PI))
            for words in (["addr", "add", f"{address}/24", "dev", "slow0"], ["link", "set", "slow0", "mtu", str(LARGEST), "up"],
                          ["link", "set", "lo", "up"]):
                subprocess.run(["ip", *words], check=True)
        finally:
            libc.setns(home.fileno(), 0)
    return end


def carry(ends, delay, rate):
    """rate: bytes/s, or None."""
    other = {ends[0]: ends[1], ends[1]: ends[0]}
    waiting = {end: collections.deque() for end in ends}  # by the end that gets them: (time, packet)
    free = dict.fromkeys(ends, 0.0)                        # when the cable to it can carry the next packet
    while True:
        now = time.monotonic()
        due = [queue[0][0] for queue in waiting.values() if queue]
        ready, _, _ = select.select(ends, [], [], max(0, min(due) - now) if due else None)
        now = time.monotonic()
        for end in ready:
            try:
                packet = os.read(end, LARGEST + 100)
            except BlockingIOError:
                continue
            target = other[end]
            start = max(now, free[target])
            free[target] = start + (len(packet) / rate if rate else 0)
            waiting[target].append((free[target] + delay, packet))
        for end, queue in waiting.items():
            while queue and queue[0][0] <= now:
                os.write(end, queue.popleft()[1])


def main():
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    ends = [open_end(name, f"10.123.9.{place}") for place, name in enumerate(sys.argv[1:3], 1)]
    print("ready", flush=True)
    carry(ends, float(sys.argv[3]) / 1000, float(sys.argv[4]) * 1e6 / 8 if len(sys.argv) == 5 else None)


if __name__ == "__main__":
    main()
