# ruff: noqa: ANN401, ARG001 - numba and LLVM have types of their own, and numba calls these by position
"""What numba lacks: counting bits, many lanes at a time, and fetching memory ahead.

Each is written in LLVM's portable vector form, which becomes AVX-512, AVX2 or NEON, whatever the machine has.
Import this module only where a kernel is compiled: it imports numba.
"""

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

VECTOR_BITS = 512
"""Lanes of one comparison, together: one cache line."""

_READ, _KEEP, _DATA = 0, 3, 1


def _typed(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make an intrinsic; a kernel calls it without the first argument, which numba itself gives."""
    return cast("Callable[..., Any]", intrinsic(function))


def _address(context: Any, builder: Any, array_type: Any, array: Any, place: Any) -> Any:
    """Return the address of element `place` of a one-dimensional or contiguous array."""
    struct = context.make_array(array_type)(context, builder, array)
    return builder.bitcast(builder.gep(struct.data, [place]), cgutils.voidptr_t)


@_typed
def count_bits(typing: Any, word: Any) -> Any:
    """Return how many bits of a 64-bit word are set."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), generate


@_typed
def lowest_bit(typing: Any, word: Any) -> Any:
    """Return the place of the lowest bit that is set; the word must not be 0."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), generate


@_typed
def fetch(typing: Any, array: Any, place: Any) -> Any:
    """Ask for the cache line that holds element `place`; it need not be inside the array."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        whole = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, whole, whole, whole])
        call = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        address = _address(context, builder, signature.args[0], *arguments)
        builder.call(call, [address, whole(_READ), whole(_KEEP), whole(_DATA)])
        return context.get_dummy_value()

    return types.void(array, types.int64), generate


@_typed
def near(typing: Any, array: Any, place: Any, word: Any, most: Any) -> Any:
    """Return a mask of the next 512 bits of lanes: bit k is set where lane k differs from `word` by `most` bits or
    less.

    Reads 64 bytes from element `place` on, also where the array ends before: the caller sees to it that they are
    there to be read, and ignores the lanes beyond.
    """
    width = array.dtype.bitwidth
    vector = ir.VectorType(ir.IntType(width), VECTOR_BITS // width)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = _address(context, builder, signature.args[0], arguments[0], arguments[1])
        apart = _apart(builder, _load(builder, address, vector), arguments[2])
        return _mask(builder, builder.icmp_unsigned("<=", apart, _spread(builder, vector, arguments[3])))

    return types.uint64(array, types.int64, types.uint64, types.uint64), generate


@_typed
def near_centres(
    typing: Any, one: Any, two: Any, spread: Any, place: Any, first: Any, second: Any, most: Any
) -> Any:
    """Return a mask of 8 centres: bit k is set where two words of it differ by no more than `most` and its spread.

    Parameters
    ----------
    one, two : uint64 arrays, the two words of each centre; 8 from `place` on have to be there.
    spread : uint16 array.
    first, second : the two words of the query.
    """
    lanes = VECTOR_BITS // 64
    vector = ir.VectorType(ir.IntType(64), lanes)
    narrow = ir.VectorType(ir.IntType(16), lanes)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kinds = signature.args
        at = [_address(context, builder, kinds[k], arguments[k], arguments[3]) for k in range(3)]
        apart = builder.add(
            _apart(builder, _load(builder, at[0], vector), arguments[4]),
            _apart(builder, _load(builder, at[1], vector), arguments[5]),
        )
        reach = builder.add(
            builder.zext(_load(builder, at[2], narrow), vector), _spread(builder, vector, arguments[6])
        )
        return _mask(builder, builder.icmp_unsigned("<=", apart, reach))

    taken = (one, two, spread, types.int64, types.uint64, types.uint64, types.uint64)
    return types.uint64(*taken), generate


def _load(builder: Any, address: Any, vector: Any) -> Any:
    """Load a vector that need not be aligned to more than its lanes."""
    loaded = builder.load(address, typ=vector)
    loaded.align = vector.element.width // 8
    return loaded


def _spread(builder: Any, vector: Any, value: Any) -> Any:
    """Put a 64-bit value into each lane."""
    lane, nothing = vector.element, ir.Constant(vector, ir.Undefined)
    narrowed = value if lane.width == 64 else builder.trunc(value, lane)
    one = builder.insert_element(nothing, narrowed, ir.Constant(ir.IntType(32), 0))
    first = ir.Constant(ir.VectorType(ir.IntType(32), vector.count), [0] * vector.count)
    return builder.shuffle_vector(one, nothing, first)


def _apart(builder: Any, loaded: Any, word: Any) -> Any:
    """Count the bits in which each lane differs from a word."""
    vector = loaded.type
    kind = ir.FunctionType(vector, [vector])
    name = f"llvm.ctpop.v{vector.count}i{vector.element.width}"
    counter = cgutils.get_or_insert_function(builder.module, kind, name)
    return builder.call(counter, [builder.xor(loaded, _spread(builder, vector, word))])


def _mask(builder: Any, lanes: Any) -> Any:
    """Return lanes of truth as the bits of a 64-bit word."""
    return builder.zext(builder.bitcast(lanes, ir.IntType(lanes.type.count)), ir.IntType(64))


@_typed
def pointer(typing: Any, address: Any, kind: Any) -> Any:
    """Return an address as a pointer to elements of a kind; nothing keeps what is there alive."""
    pointed = types.CPointer(kind.dtype)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(pointed))

    return pointed(types.int64, kind), generate
