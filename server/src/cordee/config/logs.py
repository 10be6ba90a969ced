"""Logging: one line an event, identifiers and codes only, never content."""

from __future__ import annotations

import logging
import logging.config

import structlog
from structlog.typing import Processor

_SHARED: list[Processor] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure_logs() -> None:
    """Send everything, ours and the libraries', to standard error as `key=value` lines."""
    structlog.configure(
        processors=[
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "line": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": _SHARED,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.format_exc_info,
                        structlog.processors.KeyValueRenderer(
                            key_order=["timestamp", "level", "event"], drop_missing=True
                        ),
                    ],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["stderr"], "level": "INFO"},
            "loggers": {
                # An access log would hold addresses of visits and of people.
                "uvicorn.access": {"level": "CRITICAL", "propagate": False},
                # It names the address of every socket.
                "uvicorn.error": {"level": "WARNING"},
                "django.channels.server": {"level": "WARNING"},
                "axes": {"level": "WARNING"},
                # It tells each step of each slip.
                "weasyprint": {"level": "WARNING"},
                "fontTools": {"level": "WARNING"},
            },
        }
    )
