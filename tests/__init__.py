"""Folders of tests mirror the packages. A file tests a module or one behaviour."""
