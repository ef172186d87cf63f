"""The Unicode bidirectional algorithm, compiled: which characters a reader sees where.

Unicode Standard Annex #9, revision 46 (Unicode 15.0.0), https://www.unicode.org/reports/tr9/; the names of its
rules stand beside the code. A paragraph is taken for one line. Every step is linear in the length of the text.
Import this module only where a text holds explicit formatting characters: it imports numba.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from stanch.kernels.jit import compiled

Classes = NDArray[np.uint8]
Places = NDArray[np.int32]
Levels = NDArray[np.int16]

L, R, AL, EN, ES, ET, AN, CS, NSM, BN, B, S, WS, ON, LRE, LRO, RLE, RLO, PDF, LRI, RLI, FSI, PDI = range(23)
REMOVED: Final = -1
"""The level of what rule X9 takes out."""
DEEPEST: Final = 125
BRACKETS: Final = 63
"""So many brackets may be open at once (BD16)."""


@compiled
def partners(classes: Classes) -> Places:
    """Return where each isolate ends and each PDI began (BD9); the length, or -1, where nowhere."""
    found = np.full(classes.size, -1, np.int32)
    opened = np.empty(classes.size, np.int32)
    depth = 0
    for i in range(classes.size):
        if LRI <= classes[i] <= FSI:
            opened[depth], found[i] = i, classes.size
            depth += 1
        elif classes[i] == PDI and depth:
            depth -= 1
            found[opened[depth]], found[i] = i, opened[depth]
    return found


@compiled
def first_strong(classes: Classes, partner: Places, start: int, stop: int) -> int:
    """Return 1 if the first strong character outside isolates is right-to-left, else 0 (P2, P3)."""
    i = start
    while i < stop:
        if classes[i] == L:
            return 0
        if classes[i] in (R, AL):
            return 1
        i = partner[i] + 1 if LRI <= classes[i] <= FSI else i + 1
    return 0


@compiled
def _explicit(classes: Classes, partner: Places, base: int, types: Classes) -> Levels:  # noqa: C901, PLR0912 - one state machine
    """Return the level of each character (X1 to X9), and put the classes that overrides give into `types`."""
    levels = np.empty(classes.size, np.int16)
    stack = np.zeros((DEEPEST + 2, 3), np.int16)  # level, class that overrides or -1, whether an isolate
    stack[0, 0], stack[0, 1] = base, -1
    top = lost_isolates = lost_embeddings = isolates = 0
    for i in range(classes.size):
        now = classes[i]
        if now == PDI:
            if lost_isolates:
                lost_isolates -= 1
            elif isolates:
                lost_embeddings = 0
                while not stack[top, 2]:
                    top -= 1
                top, isolates = top - 1, isolates - 1
        levels[i] = REMOVED if LRE <= now <= PDF or now == BN else base if now == B else stack[top, 0]
        if levels[i] != REMOVED and now != B and stack[top, 1] >= 0:
            types[i] = stack[top, 1]
        if now == PDF and not lost_isolates:
            if lost_embeddings:
                lost_embeddings -= 1
            elif top and not stack[top, 2]:
                top -= 1
        if LRE <= now <= RLO or LRI <= now <= FSI:
            isolate = now >= LRI
            rightward = now in (LRE, LRO, LRI)
            if now == FSI:
                rightward = first_strong(classes, partner, i + 1, partner[i]) == 0
            level = (stack[top, 0] + 2) & ~1 if rightward else (stack[top, 0] + 1) | 1
            if level <= DEEPEST and not lost_isolates and not lost_embeddings:
                top, isolates = top + 1, isolates + isolate
                stack[top, 0], stack[top, 2] = level, isolate
                stack[top, 1] = L if now == LRO else R if now == RLO else -1
            elif isolate:
                lost_isolates += 1
            elif not lost_isolates:
                lost_embeddings += 1
    return levels


@compiled
def _sequences(classes: Classes, partner: Places, levels: Levels) -> tuple[Places, Places]:
    """Return the places of each isolating run sequence (BD13), one after the other, and where each begins."""
    number = np.empty(classes.size, np.int32)
    sizes = np.zeros(classes.size + 1, np.int32)
    count, before = 0, -1
    for i in range(classes.size):
        if levels[i] == REMOVED:
            continue
        if before >= 0 and levels[i] == levels[before]:
            number[i] = number[before]
        elif classes[i] == PDI and partner[i] >= 0:
            number[i] = number[partner[i]]
        else:
            number[i] = count
            count += 1
        sizes[number[i] + 1] += 1
        before = i
    begins = np.cumsum(sizes[: count + 1]).astype(np.int32)
    places, filled = np.empty(begins[-1], np.int32), begins.copy()
    for i in range(classes.size):
        if levels[i] != REMOVED:
            places[filled[number[i]]] = i
            filled[number[i]] += 1
    return places, begins


@compiled
def _weak(types: Classes, start: int) -> None:
    """Settle marks, numbers and what stands between numbers (W1 to W7); `start` is what comes before."""
    before = start
    for i in range(types.size):
        if types[i] == NSM:
            types[i] = ON if before >= LRI else before
        before = types[i]
    _arabic(types, start)
    for i in range(1, types.size - 1):
        around = types[i - 1]
        numbers = around == EN or (around == AN and types[i] == CS)
        if numbers and around == types[i + 1] and types[i] in (CS, ES):
            types[i] = around
    _terminators(types)
    strong = start
    for i in range(types.size):
        if types[i] in (ES, ET, CS):
            types[i] = ON
        elif types[i] in (L, R):
            strong = types[i]
        elif types[i] == EN and strong == L:
            types[i] = L


@compiled
def _arabic(types: Classes, start: int) -> None:
    """Let numbers after letters of Arabic be Arabic ones, and these letters go from right to left (W2, W3)."""
    strong = start
    for i in range(types.size):
        if types[i] in (L, R, AL):
            strong = types[i]
        elif types[i] == EN and strong == AL:
            types[i] = AN
        if types[i] == AL:
            types[i] = R


@compiled
def _terminators(types: Classes) -> None:
    """Let signs such as those of currencies belong to the number beside them (W5)."""
    i = 0
    while i < types.size:
        stop = i
        while stop < types.size and types[stop] == ET:
            stop += 1
        if stop > i and ((i and types[i - 1] == EN) or (stop < types.size and types[stop] == EN)):
            types[i:stop] = EN
        i = max(stop, i + 1)


@compiled
def _side(kind: int) -> int:
    """Return the direction that a class has for its neighbours: L, R (numbers too), or -1."""
    return L if kind == L else R if kind in (R, EN, AN) else -1


@compiled
def _bracket_pairs(types: Classes, brackets: Places) -> Places:
    """Return where the bracket that opens at each place closes, or -1 (BD16)."""
    closes = np.full(types.size, -1, np.int32)
    opened = np.empty(BRACKETS, np.int32)
    depth = 0
    for i in range(types.size):
        if brackets[i] == 0 or types[i] != ON:
            continue
        if brackets[i] > 0:
            if depth == BRACKETS:
                break
            opened[depth] = i
            depth += 1
            continue
        for j in range(depth - 1, -1, -1):
            if brackets[opened[j]] == -brackets[i]:
                closes[opened[j]] = i
                depth = j
                break
    return closes


@compiled
def _set_with_marks(types: Classes, marks: NDArray[np.bool_], at: int, direction: int) -> None:
    types[at] = direction
    at += 1
    while at < types.size and marks[at]:
        types[at] = direction
        at += 1


@compiled
def _settle_brackets(types: Classes, marks: NDArray[np.bool_], brackets: Places, own: int, start: int) -> None:
    """Give both brackets of a pair one direction (N0); `own` is that of the sequence."""
    closes = _bracket_pairs(types, brackets)
    context = start
    for i in range(types.size):
        if closes[i] >= 0:
            found = -1
            for j in range(i + 1, closes[i]):
                side = _side(types[j])
                if side >= 0:
                    found = side
                    if side == own:
                        break
            if found >= 0:
                direction = own if own in (found, context) else found
                _set_with_marks(types, marks, i, direction)
                _set_with_marks(types, marks, closes[i], direction)
        if _side(types[i]) >= 0:
            context = _side(types[i])


@compiled
def _settle_neutrals(types: Classes, own: int, start: int, stop: int) -> None:
    """Let what has no direction go with its neighbours, where they agree, else with `own` (N1, N2)."""
    i, before = 0, start
    while i < types.size:
        end = i
        while end < types.size and _side(types[end]) < 0:
            end += 1
        if end > i:
            after = stop if end == types.size else _side(types[end])
            types[i:end] = before if before == after else own
        if end < types.size:
            before = _side(types[end])
        i = end + 1


@compiled
def _neighbours(levels: Levels, base: int) -> Levels:
    """Return the level before and after each character that is left; shape (2, n)."""
    around = np.empty((2, levels.size), np.int16)
    last = base
    for i in range(levels.size):
        around[0, i] = last
        last = last if levels[i] == REMOVED else levels[i]
    last = base
    for i in range(levels.size - 1, -1, -1):
        around[1, i] = last
        last = last if levels[i] == REMOVED else levels[i]
    return around


@compiled
def resolve(classes: Classes, brackets: Places, base: int) -> Levels:
    """Return the level of each character of a paragraph; `REMOVED` where it has none.

    Parameters
    ----------
    classes : uint8 array, shape (n,), the bidirectional classes.
    brackets : int32 array, shape (n,), the number of a pair where it opens, minus that where it closes, else 0.
    base : the level of the paragraph, 0 or 1.
    """
    partner, types = partners(classes), classes.copy()
    levels = _explicit(classes, partner, base, types)
    places, begins = _sequences(classes, partner, levels)
    around = _neighbours(levels, base)
    for k in range(begins.size - 1):
        at = places[begins[k] : begins[k + 1]]
        level, first, last = levels[at[0]], at[0], at[-1]
        start = max(level, around[0, first]) & 1  # L is 0, R is 1
        unclosed = LRI <= classes[last] <= FSI and partner[last] == classes.size
        stop = max(level, base if unclosed else around[1, last]) & 1
        own = types[at]
        _weak(own, start)
        _settle_brackets(own, classes[at] == NSM, brackets[at], level & 1, start)
        _settle_neutrals(own, level & 1, start, stop)
        for i in range(own.size):
            if level & 1 == 0:
                levels[at[i]] += 0 if own[i] == L else 1 if own[i] == R else 2
            else:
                levels[at[i]] += own[i] != R
    _reset_blanks(classes, levels, base)
    return levels


@compiled
def _reset_blanks(classes: Classes, levels: Levels, base: int) -> None:
    """Give separators, and blanks before them or at the end, the level of the paragraph (L1)."""
    reset = True
    for i in range(classes.size - 1, -1, -1):
        if classes[i] in (B, S):
            reset = True
        elif levels[i] != REMOVED and classes[i] != WS and classes[i] < LRI:
            reset = False
        if reset and levels[i] != REMOVED:
            levels[i] = base


@compiled
def arranged(places: Places, levels: Levels) -> Places:
    """Return places from left to right (L2); `levels` has one level a place."""
    order = places.copy()
    if not levels.size:
        return order
    for level in range(levels.max(), 0, -1):
        i = 0
        while i < levels.size:
            end = i
            while end < levels.size and levels[end] >= level:
                end += 1
            # Levels stay where they are: stretches of a lower level only grow around what was turned.
            order[i:end] = order[i:end][::-1].copy()
            i = max(end, i + 1)
    return order
