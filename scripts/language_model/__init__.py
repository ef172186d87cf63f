"""Training the model of language identification."""
