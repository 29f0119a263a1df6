"""Plumbing for the Maskbook notebooks: files, pictures, metrics already taught, checks, running."""

__version__ = "0.1.0"
