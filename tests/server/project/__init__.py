"""Tests of the processes, the commands, health, metrics and logs."""
