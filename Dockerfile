# One image, one command for each part: web, worker, scheduler. compose.yaml puts them together.
# Checked by tests/test_containers.py; not yet built or run by anybody. Tell us how it went.
FROM python:3.13-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/app
WORKDIR /app

# Only what the lock names, each file by its hash.
COPY requirements.txt ./
RUN pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r requirements.txt

COPY LICENSE ./
COPY rules rules/
COPY service service/
COPY workers workers/
COPY simulator simulator/

# Owns nothing that it runs. What it writes goes to Redis; /tmp is for gunicorn.
RUN useradd --system --uid 10001 --no-create-home qoswatch
USER 10001

EXPOSE 8000
# For web; compose.yaml turns it off elsewhere. It tells of Redis, the scheduler and the workers too.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ.get(\"PORT\") or 8000}/readyz', timeout=5)"]

ENTRYPOINT ["python", "-P", "-m", "workers.cli"]
CMD ["web", "--host", "0.0.0.0"]
