"""The examination of an instance: what `doctor` looks at, one module a subject."""

from vault.administration.examination.report import Problem, Report, Say
from vault.administration.examination.run import examine

__all__ = ["Problem", "Report", "Say", "examine"]
