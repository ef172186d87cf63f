"""What the demo's pictures show: one function a picture."""
