"""What the shell has still to carry out, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from cordee_kiosk.core import commands as c
from cordee_wire import stage


@dataclass(frozen=True)
class SendFacts:
    """The link is up: send what waits."""


Task = c.Command | SendFacts


class ToDo:
    """A queue from which what has become void can be taken back."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Task] = asyncio.Queue()

    def put(self, task: Task) -> None:
        """Add a task behind the others."""
        self._queue.put_nowait(task)

    async def next(self) -> Task:
        """Take the first task, once there is one."""
        return await self._queue.get()

    def take_back(self, is_void: Callable[[Task], bool]) -> list[Task]:
        """Take out what is void, and return it; the rest keeps its order."""
        waiting = [self._queue.get_nowait() for _ in range(self._queue.qsize())]
        for each in waiting:
            if not is_void(each):
                self._queue.put_nowait(each)
        return [each for each in waiting if is_void(each)]


def is_scan(task: Task) -> bool:
    """Return whether this would begin a scan."""
    return isinstance(task, c.ScanPage | c.SealDocument)


def is_verb(task: Task) -> bool:
    """Return whether this would steer the guest."""
    return isinstance(task, c.DoVerb)


def is_of_mirror(task: Task) -> bool:
    """Return whether this would show something of the guest."""
    match task:
        case c.TurnMirror() | c.TurnPicture():
            return True
        case c.TellStage(message=stage.SendMirror() | stage.SendBulk()):
            return True
        case _:
            return False
