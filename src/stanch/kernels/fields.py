"""What stands where in the line of numbers by which a kernel knows a part of an index; see `index.handles`.

Each field takes two numbers: the address of an array and how many elements it has, or a number and 0.
"""

GRAMS, ROWS = range(2)
"""What `KIND` says: a part as `SealedGrams` has it, or as `SealedPostings` does."""

(
    KIND, BITS, WORDS, ORDER, BEGINS, LIKELY, SORTS, TO_BUCKET, TO_MARK, LARGE,
    COUNT, BANK, EXPIRES, ASKED, SLOTS, NUMBERS, DEAD, BASE,
) = range(18)  # fmt: skip
"""Of both kinds.

`WORDS` says how many elements a row of `BITS` has, `SORTS` how many sorts of marks there are in `LIKELY`, `COUNT`
how many texts or entries; the others have the names of the parameters of `gram_hits` and `row_hits`, in capitals.
"""

(
    WIDTH, TABLE, FILLED, ENTRIES, HIGHEST, FIRSTS, CODES, BOOK, ODD, PLACES, WHOLE, MARKS,
) = range(18, 30)  # fmt: skip
"""Of grams: `WHOLE` says whether `PLACES` are whole numbers; the others as for `gram_hits` and `placed`."""

HOLDER, HELD, AT = range(18, 21)
"""Of rows: `HELD` are the numbers of the entries, `AT` where rows begin."""

FIELDS = 30
