"""Drawing by plain geometry: a canvas, letters of four scripts, and the motifs that pictures are made of."""
