"""Tests of what a listener may ask for."""
