"""The product's web worker with short deadlines, so that a test need not wait for the real ones."""

from vault.project import web_worker

web_worker.HEAD_SECONDS = 3
web_worker.READ_SECONDS = 2
web_worker.SLOWEST = 16 * 1024


class Worker(web_worker.PatientWorker):
    """Nothing but the shorter deadlines."""
