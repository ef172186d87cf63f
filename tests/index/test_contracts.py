"""The project's own indexes keep the contract that it asks of others."""

from stanch.index import FeatureIndex, HammingIndex, PostingsIndex
from stanch.plugins.contracts import IndexContract


class TestHammingIndex(IndexContract):
    def make(self) -> FeatureIndex:
        return HammingIndex(self.words)


class TestHammingIndexOfOneWord(IndexContract):
    words = 1

    def make(self) -> FeatureIndex:
        return HammingIndex(self.words)


class TestPostingsIndex(IndexContract):
    equal_only = True

    def make(self) -> FeatureIndex:
        return PostingsIndex(self.words)


class TestPostingsIndexOfOneWord(IndexContract):
    words = 1
    equal_only = True

    def make(self) -> FeatureIndex:
        return PostingsIndex(self.words)
