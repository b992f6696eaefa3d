"""Tests of streams that workers share."""
