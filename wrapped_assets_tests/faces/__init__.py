"""Tests of the faces that pages and pictures bring along."""
