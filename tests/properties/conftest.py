"""Quiet logs: what is searched for goes wrong on purpose, thousands of times."""

import logging
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def quiet(logs_of_our_own: None) -> Iterator[None]:
    assert logs_of_our_own is None
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()
