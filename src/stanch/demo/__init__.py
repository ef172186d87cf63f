"""The Grey Lantern: a fictional group's works, their copies, and everything that must pass."""

from stanch.demo.build import build
from stanch.demo.marker import INPUTS, MARKER, Expected, Marker, read_marker

__all__ = ["INPUTS", "MARKER", "Expected", "Marker", "build", "read_marker"]
