"""Static files under ASGI."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]
from whitenoise.responders import StaticFile  # type: ignore[import-untyped]


class StaticMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise, whose small files are read at once.

    Django warns about each synchronous stream that it has to serve asynchronously, and reads it
    whole all the same.
    """

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> FileResponse | HttpResponse:
        """Answer with the file."""
        streamed = WhiteNoiseMiddleware.serve(static_file, request)
        whole = HttpResponse(streamed.getvalue(), status=streamed.status_code)
        whole.headers = streamed.headers
        streamed.close()
        return whole
