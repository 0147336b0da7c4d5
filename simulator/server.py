"""A simulated service: routes, the journal of exchanges, and faults on request."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import unquote

from simulator.faults import NEEDS_THE_WORK, Altered, Delay, Fault, FaultPlan, Rule, compile_path
from simulator.journal import Exchange, Journal, Request
from simulator.listener import Listener
from simulator.wire import Connection, Reply, fault_reply, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from simulator.clock import Clock

STATE_PATH: Final = "/_simulator/state"
"""Where every simulated service tells its state; not part of any journal."""


class RefusedError(Exception):
    """Raised by a route to give an answer other than its usual one."""

    def __init__(self, reply: Reply) -> None:
        """Carry the answer."""
        super().__init__(f"{reply.status}")
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Route:
    """What is done for one method and path; ``{name}`` in the path becomes a parameter.

    ``operation`` is a word for it, for faults and journals that are not about addresses.
    """

    method: str
    expression: re.Pattern[str]
    work: Callable[[Request], Reply]
    operation: str = ""

    @classmethod
    def make(
        cls, method: str, path: str, work: Callable[[Request], Reply], operation: str = ""
    ) -> Route:
        """Compile the path."""
        return cls(method, compile_path(path), work, operation)


class SimulatedService:
    """A service on 127.0.0.1 that works from its making until ``close``.

    ``aliases`` are (from, to) prefixes under which the routes are served; without any they are
    served as they are. Routes run one at a time, so that state needs no lock of its own. With
    ``closes`` set each answer ends its connection, so that the next request makes a new one.
    ``refuse`` may answer in a route's place, for limits on how much is asked.
    """

    def __init__(
        self, clock: Clock, routes: Iterable[Route], aliases: Iterable[tuple[str, str]] = ()
    ) -> None:
        """Listen on a free port."""
        self.clock = clock
        self.state: Callable[[], Mapping[str, object]] = self.snapshot
        self.closes = False
        self.refuse: Callable[[], Reply | None] | None = None
        self._routes = tuple(routes)
        self._aliases = tuple(aliases)
        self._plan = FaultPlan()
        self._record = Journal()
        self._work_lock = threading.RLock()
        self._listener = Listener(self, clock)

    def __enter__(self) -> Self:
        """Return the service."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @property
    def origin(self) -> str:
        """Return scheme, host and port."""
        return f"http://127.0.0.1:{self._listener.port}"

    @property
    def journal(self) -> list[Exchange]:
        """Return every exchange so far, in the order of arrival."""
        return self._record.exchanges()

    @property
    def failures(self) -> list[Exception]:
        """Return the simulator's own errors; there must be none."""
        return list(self._listener.failures)

    def inject(
        self,
        method: str,
        path_pattern: str,
        fault: Fault,
        *,
        times: int | None = 1,
        skip: int = 0,
        after_commit: bool = False,
    ) -> None:
        """Plan a fault for requests that match.

        ``path_pattern`` is the path of a route without prefix or query; ``{name}`` stands for
        one segment, ``*`` for anything (as a method too). A word is the name of an operation,
        whatever its path is; raises ``ValueError`` where no route has it. ``times=None`` never
        ends. The first ``skip`` matching requests are left alone. ``after_commit``: the route
        does its work, and only the answer is spoiled; implied for faults that pass on the usual
        answer.
        """
        known = {route.operation for route in self._routes}
        if re.fullmatch(r"\w+", path_pattern) and path_pattern not in known:
            raise ValueError(f"{path_pattern!r} is none of the operations {sorted(known)}")
        self._plan.add(Rule(method, path_pattern, fault, times, skip, after_commit))

    def heal(self) -> None:
        """Let the faults without an end happen no more."""
        self._plan.end()

    def forget_faults(self) -> None:
        """Answer as usual from now on: no planned fault is left, used or not."""
        self._plan.clear()

    def unused_faults(self) -> list[str]:
        """Return the injected faults that did not happen as often as planned."""
        return [
            f"{rule.method} {rule.pattern}: {rule.fault!r} happened {rule.applied} times"
            for rule in self._plan.unused()
        ]

    def unknown_requests(self) -> list[str]:
        """Return method and path of the requests that have no route."""
        return [f"{seen.method} {seen.path}" for seen in self.journal if not seen.known]

    def snapshot(self) -> dict[str, object]:
        """Return what this service holds, as JSON data; no route works meanwhile."""
        with self._work_lock:
            return self.own_state()

    def own_state(self) -> dict[str, object]:
        """Return the data of ``snapshot``; a service adds its own."""
        return {"journal": [exchange.as_data() for exchange in self.journal]}

    def close(self) -> None:
        """Stop; no thread or socket is left."""
        self._listener.close()

    def respond(self, request: Request, connection: Connection) -> bool:
        """Answer one request; for the listener."""
        if request.path == STATE_PATH:
            return connection.deliver(json_reply(200, self.state()), None)
        path = self._route_path(request.path)
        route, request = self._find(path, request)
        operation = route.operation if route else ""
        number = self._record.open(
            request, self.clock.monotonic_s(), known=route is not None, operation=operation
        )
        rule = self._plan.take(request.method, path, operation)
        fault = rule.fault if rule else None
        reply = self._reply(request, route, rule, connection)
        status = None if reply is _NOTHING else reply.status
        self._record.close(number, status, type(fault).__name__ if fault else None)
        if self.closes:
            reply = replace(reply, headers=(*reply.headers, ("Connection", "close")))
        stays = connection.deliver(reply, fault, with_body=request.method != "HEAD")
        return stays and not self.closes

    def not_found(self, request: Request) -> Reply:
        """Return the answer for a path without a route."""
        del request
        return json_reply(404, {"detail": "Not Found"})

    def finish(self, request: Request, reply: Reply) -> Reply:
        """Return the answer of a route as it leaves; the place for headers on every answer."""
        del request
        return reply

    def _reply(
        self, request: Request, route: Route | None, rule: Rule | None, connection: Connection
    ) -> Reply:
        """Do the route's work where it is to be done and return what is to be sent."""
        fault = rule.fault if rule else None
        delay_s = fault.duration_s if isinstance(fault, Delay) else None
        works_first = rule is None or rule.after_commit
        if delay_s is not None and not works_first:
            connection.pause(delay_s)
        reply = _NOTHING
        if works_first or isinstance(fault, NEEDS_THE_WORK):
            reply = self._work(request, route)
        if delay_s is not None and works_first:
            connection.pause(delay_s)
        if isinstance(fault, Altered):
            return replace(reply, body=fault.change(json.loads(reply.body)))
        if fault is None or isinstance(fault, NEEDS_THE_WORK):
            return reply
        return fault_reply(fault) or _NOTHING

    def _work(self, request: Request, route: Route | None) -> Reply:
        with self._work_lock:
            try:
                refusal = self.refuse() if self.refuse else None
                reply = refusal or (route.work(request) if route else self.not_found(request))
            except RefusedError as refused:
                reply = refused.reply
            except Exception as failure:  # noqa: BLE001 - told by the owner when it closes
                self._listener.failures.append(failure)
                reply = json_reply(500, {"detail": f"the simulator failed: {failure!r}"})
            return self.finish(request, reply)

    def _find(self, path: str, request: Request) -> tuple[Route | None, Request]:
        for route in self._routes:
            found = route.expression.fullmatch(path)
            if found and route.method == request.method:
                params = {name: unquote(value) for name, value in found.groupdict().items()}
                return route, replace(request, params=params)
        return None, request

    def _route_path(self, path: str) -> str:
        """Return the path without the service's prefix; one outside of it has no route."""
        for outer, inner in self._aliases:
            if path.startswith(outer):
                return inner + path.removeprefix(outer)
        return f"(no prefix){path}" if self._aliases else path


_NOTHING: Final = Reply(0)


def read_object(request: Request, refusal: Reply) -> dict[str, object]:
    """Return the request's body as a JSON object, or refuse it with the given answer."""
    try:
        body: object = json.loads(request.body)
    except ValueError as error:
        raise RefusedError(refusal) from error
    if not isinstance(body, dict):
        raise RefusedError(refusal)
    return body
