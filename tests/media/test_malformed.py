"""No file, whatever is wrong with it, does more than fail to be read."""

from collections.abc import Callable

from stanch.errors import DecoderUnavailableError, NotScannedError
from stanch.media import DecodedImage, Decoders, Limits
from tests.media.malformed import malformed
from tests.media.pictures import encoded, photograph

SOUND = encoded(photograph(9, 96, 64))


def outcome(decoders: Decoders, data: bytes) -> DecodedImage | NotScannedError:
    try:
        return decoders.image(data)
    except NotScannedError as error:
        return error


def test_each_malformed_file_is_decoded_or_refused_with_a_reason(
    campaign: Callable[[int], int], seed: int
) -> None:
    """Nothing else may come of it: no other error, no hang, and no harm to the files after it."""
    refused = 0
    with Decoders(limits=Limits(seconds=15)) as decoders:
        for number, (name, data) in enumerate(malformed(campaign(1_500), seed)):
            result = outcome(decoders, data)
            if isinstance(result, NotScannedError):
                refused += 1
                assert not isinstance(result, DecoderUnavailableError), name
                assert str(result).isprintable(), name
                assert len(str(result)) < 400, name
            else:
                assert result.pictures, name
            if number % 20 == 0:
                assert isinstance(outcome(decoders, SOUND), DecodedImage), name
    assert refused > number / 3
