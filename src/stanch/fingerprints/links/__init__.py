"""The parts of `stanch.fingerprints.link`: what a link is, its canonical form, and links within a text."""
