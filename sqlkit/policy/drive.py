"""A call on its way through a chain: all that waits, for the attempt and between two of them."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlkit.policy.call import Call
    from sqlkit.policy.flow import Chain

R = TypeVar("R")


def drive(chain: Chain, call: Call, attempt: Callable[[], R]) -> R:
    """Make a call through a chain. Raises what the last attempt, or a policy, raised."""
    short = chain.inside if call.inside else chain.alone
    if short is None or not short.enter(call):
        return _drive(chain, call, attempt, [None] * len(chain.policies), 0.0)
    try:
        call.result = result = attempt()
    except BaseException as error:  # Ctrl-C too has to leave the policies; it is raised again
        call.error = error
    else:
        if short.leave(call):
            return result
    entered = short.turn(call)
    return _drive(chain, call, attempt, entered, chain.leave(call, entered))


def _drive(
    chain: Chain, call: Call, attempt: Callable[[], R], entered: list[Any], pause: float | None
) -> R:
    while pause is not None:
        try:
            if call.attempts:
                call.renew()
                time.sleep(pause)
            chain.enter(call, entered)
            call.result = attempt()
        except BaseException as error:
            call.error = error
        pause = chain.leave(call, entered)
    if call.error is not None:
        raise call.take_error()
    result: R = call.result
    return result


async def drive_async(chain: Chain, call: Call, attempt: Callable[[], Awaitable[R]]) -> R:
    """`drive`, awaited."""
    short = chain.inside if call.inside else chain.alone
    if short is None or not short.enter(call):
        return await _drive_async(chain, call, attempt, [None] * len(chain.policies), 0.0)
    try:
        call.result = result = await attempt()
    except BaseException as error:  # so does a cancelled task
        call.error = error
    else:
        if short.leave(call):
            return result
    entered = short.turn(call)
    return await _drive_async(chain, call, attempt, entered, chain.leave(call, entered))


async def _drive_async(
    chain: Chain,
    call: Call,
    attempt: Callable[[], Awaitable[R]],
    entered: list[Any],
    pause: float | None,
) -> R:
    while pause is not None:
        try:
            if call.attempts:
                call.renew()
                await asyncio.sleep(pause)
            chain.enter(call, entered)
            call.result = await attempt()
        except BaseException as error:
            call.error = error
        pause = chain.leave(call, entered)
    if call.error is not None:
        raise call.take_error()
    result: R = call.result
    return result
