"""Senders of reports over keep-alive connections: raw sockets, so that they cost little CPU themselves."""

import json
import multiprocessing
import random
import secrets
import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

WORDS = ("路灯不亮", "暴露垃圾", "占道经营", "井盖松动", "非法小广告", "路面破损", "乱堆物料", "油烟扰民")


@dataclass(frozen=True)
class Target:
    """Where to send and what may be said there."""

    port: int
    key: str
    bounds: tuple[float, float, float, float]
    types: tuple[str, ...]


@dataclass
class Result:
    """What one process saw: seconds per answer, and every answer that was no 201."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    began: float = 0.0
    ended: float = 0.0


def requests(target: Target, seed: int) -> Iterator[bytes]:
    """Endless whole HTTP requests, each another report with its own idempotency key."""
    chance, start = random.Random(seed), secrets.token_hex(6)
    west, south, east, north = target.bounds
    number = 0
    while True:
        number += 1
        body = json.dumps(
            {
                "text": f"{chance.choice(WORDS)}，第 {number} 号",
                "type": chance.choice(target.types),
                "channel": "hotline",
                "address": f"示例路 {chance.randint(1, 400)} 号",
                "lon": round(chance.uniform(west, east), 6),
                "lat": round(chance.uniform(south, north), 6),
            },
            ensure_ascii=False,
        ).encode()
        head = (
            f"POST /api/v1/reports HTTP/1.1\r\nHost: 127.0.0.1:{target.port}\r\n"
            f"Authorization: Bearer {target.key}\r\nContent-Type: application/json\r\n"
            f"Idempotency-Key: {start}{seed}-{number}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        yield head.encode() + body


class Wire:
    """One keep-alive connection."""

    def __init__(self, target: Target, seed: int) -> None:
        self.bodies = requests(target, seed)
        self.socket = socket.create_connection(("127.0.0.1", target.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent = 0.0
        self.read = b""

    def send(self) -> None:
        """Send the next request."""
        self.read = b""
        self.sent = time.perf_counter()
        self.socket.sendall(next(self.bodies))

    def answer(self) -> str | None:
        """Status line and body once the whole answer is there, else None."""
        self.read += self.socket.recv(65536)
        head, found, body = self.read.partition(b"\r\n\r\n")
        if not found:
            if not self.read:
                raise ConnectionError("the server closed the connection")
            return None
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        if lengths and len(body) < int(lengths[0].split(b":")[1]):
            return None
        return self.read.decode("utf-8", "replace")


def closed_loop(target: Target, wires: int, seed: int, seconds: float) -> Result:
    """Each connection sends as soon as it was answered, for `seconds`."""
    result = Result(began=time.time())
    end = time.perf_counter() + seconds
    with selectors.DefaultSelector() as selector:
        for number in range(wires):
            wire = Wire(target, seed * 1000 + number)
            selector.register(wire.socket, selectors.EVENT_READ, wire)
            wire.send()
        busy = wires
        while busy:
            for key, _events in selector.select(30):
                wire = key.data
                answer = wire.answer()
                if answer is None:
                    continue
                _note(result, wire, answer)
                if time.perf_counter() < end:
                    wire.send()
                else:
                    busy -= 1
                    selector.unregister(wire.socket)
    result.ended = time.time()
    return result


def open_loop(target: Target, rate: float, seconds: float, seed: int) -> Result:
    """Requests at fixed times, whatever the server does; waiting for a free wire counts as waiting."""
    result = Result(began=time.time())
    free: list[Wire] = [Wire(target, seed * 1000 + number) for number in range(8)]
    start, sent, total = time.perf_counter(), 0, int(rate * seconds)
    due_of: dict[Wire, float] = {}
    with selectors.DefaultSelector() as selector:
        for wire in free:
            selector.register(wire.socket, selectors.EVENT_READ, wire)
        while sent < total or due_of:
            now = time.perf_counter()
            while sent < total and free and start + sent / rate <= now:
                wire = free.pop()
                due_of[wire] = start + sent / rate
                wire.send()
                sent += 1
            wait = max(0.0, start + sent / rate - now) if sent < total and free else 1.0
            for key, _events in selector.select(min(wait, 1.0)):
                answer = key.data.answer()
                if answer is not None:
                    key.data.sent = due_of.pop(key.data)
                    _note(result, key.data, answer)
                    free.append(key.data)
    result.ended = time.time()
    return result


def _note(result: Result, wire: Wire, answer: str) -> None:
    result.seconds.append(time.perf_counter() - wire.sent)
    if not answer.startswith("HTTP/1.1 201"):
        result.failures.append(answer[:600])


def _child(queue: Any, target: Target, wires: int, seed: int, seconds: float) -> None:
    queue.put(closed_loop(target, wires, seed, seconds))


def in_processes(target: Target, processes: int, wires: int, seconds: float) -> list[Result]:
    """The closed loop in several processes at once."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    seed = random.randrange(10**6)
    children = [
        context.Process(target=_child, args=(queue, target, wires, seed + number, seconds))
        for number in range(processes)
    ]
    for child in children:
        child.start()
    results = [queue.get(timeout=seconds + 60) for _child_process in children]
    for child in children:
        child.join(30)
    return results


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of them lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
