"""The Grey Lantern: a fictional group's works, their copies, and everything that must pass."""

from stanch.demo.build import INPUTS, MARKER, Expected, Marker, build, read_marker

__all__ = ["INPUTS", "MARKER", "Expected", "Marker", "build", "read_marker"]
